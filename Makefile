# One line per task; what takes more than a line is in xtask/. See CONTRIBUTING.md.
.PHONY: demo test test-rust test-python test-browser test-ui rust-frameworks test-frameworks interop test-chaos conformance conformance-stock conformance-record scoreboard serve ui wheel package bench bench-ui screenshots compatibility lint format

demo: ; @cargo xtask demo
test: ; @cargo xtask test
test-rust: ; @cargo xtask test-rust
test-python: ; @cargo xtask test-python
test-browser: ; @cargo xtask test-browser
test-ui: ; @cargo xtask test-ui
rust-frameworks: ; @cargo xtask rust-frameworks
test-frameworks: ; @cargo xtask test-frameworks
interop: ; @cargo xtask interop
test-chaos: ; @cargo xtask test-chaos
conformance: ; @cargo xtask conformance
conformance-stock: ; @cargo xtask conformance-stock
conformance-record: ; @cargo xtask conformance-record
scoreboard: ; @cargo xtask scoreboard
serve: ; @cargo xtask serve
ui: ; @cargo xtask ui
wheel: ; @cargo xtask wheel
package: ; @cargo xtask package
bench: ; @cargo xtask bench
bench-ui: ; @cargo xtask bench-ui
screenshots: ; @cargo xtask screenshots
compatibility: ; @cargo xtask compatibility
lint: ; @cargo xtask lint
format: ; @cargo xtask format
