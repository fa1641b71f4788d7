"""What is written to people who are invited or log in."""

from collections.abc import Mapping

from coalition.locale.formats import Lang

INVITATION_SUBJECT: Mapping[Lang, str] = {
    "en": "Your access to {alliance}",
    "zh": "您的 {alliance} 账户",
}
INVITATION: Mapping[Lang, str] = {
    "en": "You are invited to work with {alliance}. Choose your password within {days} days: {link}",
    "zh": "您已受邀加入 {alliance}。请在 {days} 天内设置密码：{link}",
}
CODE_SUBJECT: Mapping[Lang, str] = {"en": "Your code for {alliance}", "zh": "{alliance} 验证码"}
CODE: Mapping[Lang, str] = {
    "en": "{code} is your code for {alliance}. It is good for {minutes} minutes. Give it to nobody.",
    "zh": "{code} 是您的 {alliance} 验证码，{minutes} 分钟内有效，请勿告诉他人。",
}
