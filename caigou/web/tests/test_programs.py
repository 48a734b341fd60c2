"""Keys and endpoints on their pages: a key is shown once, a message sent again, each sees its own (D5, D12)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from caigou.integrations.models import ApiKey, Endpoint
from caigou.integrations.secrets import secrets_of
from caigou.jobs.models import Call
from tests.support.factories import make_buyer, make_supplier

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"web:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_key_is_shown_once_and_opens_the_api_until_it_is_revoked() -> None:
    buyer = make_buyer()
    client = buyer.client()
    made = client.post(reverse("web:key_new"), {"name": "ERP", "scopes": ["read:orders", "read:wallet"]})
    assert "no-store" in made.headers["Cache-Control"]
    found = re.search(r"cgk_[\w-]+", made.content.decode())
    assert found
    secret = found[0]
    told = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/key", headers=told).json()["scopes"] == ["read:orders", "read:wallet"]
    key = ApiKey.objects.get()
    listed = page(client, "programs")
    assert key.prefix in listed
    assert secret not in listed
    assert key.prefix not in page(make_supplier().client(), "programs")
    client.post(reverse("web:key_revoke", args=[key.public_id]))
    assert Client().get("/api/v1/key", headers=told).status_code == 401


def test_a_key_needs_a_name_and_something_it_may_do_and_a_supplier_none_that_pays() -> None:
    client = make_supplier().client()
    for form in ({"name": "ERP"}, {"scopes": ["read:orders"]}, {"name": "ERP", "scopes": ["write:payments"]}):
        assert client.post(reverse("web:key_new"), form).status_code == 422
    assert not ApiKey.objects.exists()
    assert "write:payments" not in page(client, "key_new")


def test_an_endpoint_is_added_tried_rotated_replayed_and_removed() -> None:
    client = make_buyer().client()
    inside = {"url": "https://169.254.169.254/", "events": ["order.paid"]}
    assert client.post(reverse("web:endpoint_new"), inside).status_code == 422
    client.post(reverse("web:endpoint_new"), {**inside, "url": "https://erp.example.com/hooks"})
    endpoint = Endpoint.objects.get()
    client.post(reverse("web:endpoint_test", args=[endpoint.public_id]))
    [before] = secrets_of(endpoint)
    client.post(reverse("web:endpoint_rotate", args=[endpoint.public_id]))
    shown = page(client, "endpoint", endpoint.public_id).replace("&#x27;", "'")
    assert before in shown
    assert shown.count("whsec_") == 2
    assert "test.sent" in shown
    endpoint.dispatches.update(last_error="no_name")
    assert "The name in this address can't be found." in page(client, "endpoint", endpoint.public_id).replace(
        "&#x27;", "'"
    )
    client.post(reverse("web:dispatch_replay", args=[endpoint.dispatches.get().public_id]))
    assert Call.objects.filter(function="webhooks.deliver").count() == 2
    client.post(reverse("web:endpoint", args=[endpoint.public_id]), {"events": ["order.shipped"]})
    endpoint.refresh_from_db()
    assert endpoint.events == ["order.shipped"]
    client.post(reverse("web:endpoint_remove", args=[endpoint.public_id]))
    assert client.get(reverse("web:endpoint", args=[endpoint.public_id])).status_code == 404
