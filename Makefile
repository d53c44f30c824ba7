.PHONY: help setup demo test check bench campaign
help setup demo test check bench campaign:
	@./dev $@
