# Every target is a call of build.sh, which also works where there is no make.

.DEFAULT_GOAL := help
.PHONY: help jar run test bench crash fuzz screenshots clean

help:
	@echo "make run    build and start the server (ARGS='--port 9000' passes options)"
	@echo "make jar    build build/tranzr.jar"
	@echo "make test   build and run all tests (ONLY=RangeSet runs the classes so named)"
	@echo "make bench  print speed and memory of this machine, beside nginx when it is there"
	@echo "make crash  search new crash states without end, until Ctrl-C (ARGS=transfers kills real clients and servers)"
	@echo "make fuzz   try new malformed inputs without end, until Ctrl-C (ARGS='--target json --seed N')"
	@echo "make screenshots  take the README's pictures of the pages anew (ARGS=FOLDER: of each, light, dark and narrow)"
	@echo "make clean  remove all that was generated"

jar:
	@./build.sh jar

run:
	@./build.sh run $(ARGS)

test:
	@./build.sh test $(ONLY)

bench:
	@./build.sh bench $(ARGS)

crash:
	@./build.sh crash $(ARGS)

fuzz:
	@./build.sh fuzz $(ARGS)

screenshots:
	@./build.sh screenshots $(ARGS)

clean:
	@rm -rf build
