"""The pages that Stripe hosts: onboarding and Checkout, as plain forms in English and Chinese."""

import threading
from html import escape
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coalition.fake_stripe.control import Control
from coalition.fake_stripe.errors import StripeRefusal
from coalition.fake_stripe.instruments import TOKENS
from coalition.fake_stripe.world import Object

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Stripe sandbox · Stripe 沙盒</title>
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem }}
button, select {{ font: inherit; padding: .5rem; width: 100%; margin-top: 1rem }}
</style>
<h1>{title}</h1>
{body}
<p><small>A stand-in for Stripe; no real money moves. · 模拟 Stripe，不涉及真实资金。</small></p>
"""
SEE_OTHER, GONE = 303, 410


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page; `body` is HTML, the title is text."""
    return HTMLResponse(PAGE.format(title=escape(title), body=body), status)


def router(control: Control, lock: threading.Lock) -> APIRouter:
    """The hosted pages of one machine."""
    routes = APIRouter(prefix="/_hosted")

    @routes.get("/onboarding/{token}")
    def ask_owner(token: str) -> Response:
        with lock:
            good = control.link_is_good(token)
        if not good:
            return _link_is_over()
        return page("Onboarding · 入驻", '<form method="post"><button>Finish · 完成</button></form>')

    @routes.post("/onboarding/{token}")
    def onboard(token: str) -> Response:
        with lock:
            if not control.link_is_good(token):
                return _link_is_over()
            return_url = control.use_link(token)
        return RedirectResponse(return_url or "/", SEE_OTHER)

    @routes.get("/checkout/{session_id}")
    def ask_payer(session_id: str) -> Response:
        with lock:
            _, session = control.any(session_id, "checkout.session")
            return _checkout_page(session, "")

    @routes.post("/checkout/{session_id}")
    async def pay(session_id: str, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        with lock:
            _, session = control.any(session_id, "checkout.session")
            try:
                control.complete_checkout(session_id, form.get("payment_method", ""))
            except StripeRefusal as refusal:
                return _checkout_page(session, refusal.message)
        return RedirectResponse(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id), SEE_OTHER)

    @routes.get("/deposits/{intent}")
    def ask_for_deposits(intent: str) -> Response:
        with lock:
            control.any(intent, "setup_intent")
        return page("Small deposits · 小额存款", '<form method="post"><button>OK · 确定</button></form>')

    @routes.post("/deposits/{intent}")
    def verify_deposits(intent: str) -> Response:
        with lock:
            control.verify_deposits(intent)
        return page("Confirmed · 已确认", "")

    return routes


def _link_is_over() -> Response:
    return page(
        "This link is over · 链接已失效", "<p>Go back and ask for a new link. · 请返回并重新获取链接。</p>", GONE
    )


def _checkout_page(session: Object, problem: str) -> Response:
    if session["status"] != "open":
        return page("This page is over · 页面已失效", "", GONE)
    options = "".join(
        f'<option value="{token}">{token} (…{instrument.last4})</option>'
        for token, instrument in TOKENS.items()
        if instrument.type in session["payment_method_types"]
    )
    what = "Save a payment method · 保存付款方式"
    if session["mode"] == "payment":
        what = f"Pay · 支付 {session['amount_total']} {session['currency']} (smallest unit · 最小货币单位)"
    cancel = f'<p><a href="{escape(session["cancel_url"])}">Back · 返回</a></p>' if session["cancel_url"] else ""
    return page(
        what,
        f'<p role="alert">{escape(problem)}</p><form method="post"><label>Payment method · 付款方式'
        f'<select name="payment_method">{options}</select></label><button>OK · 确定</button></form>{cancel}',
    )
