"""Alerts: when a move of an estimate is due to be told (rules), and the telling (webhook)."""
