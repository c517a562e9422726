"""Forms of allauth, with the desk's words."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm


class SignInForm(LoginForm):  # type: ignore[misc] # allauth has no types
    """User name and password, with labels instead of placeholders."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Username"
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth has no types
    """Name of a passkey, and whether the passkey is enough by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name of the device, such as “Phone” or “Desk 2”"
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = "Sign in with this passkey alone, without user name and password"
        self.fields["passwordless"].help_text = "The device asks for your finger, your face or its PIN."
