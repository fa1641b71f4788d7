"""What a page may load and do, as the header Content-Security-Policy says it."""

OF_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
OF_SCANNING = OF_PAGES.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""Of the page that reads codes by its camera: what reads them is WebAssembly."""
