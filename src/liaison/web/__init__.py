"""The node over HTTP: pages for officers and an API for their programs. A handler parses, calls a service, renders.

`create_app(node)` is the whole application. Nothing here decides what is lawful or touches the database: services
do, and record it (Directive (EU) 2016/680, article 25). Every route names its audience (`security`), every answer
carries the strict headers (`headers`), every error is rendered in one place (`errors`).
"""

from liaison.web.app import create_app

__all__ = ["create_app"]
