"""The screen and the interface: parse a request, call a service, render what it returns."""
