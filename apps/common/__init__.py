"""What all apps share: CommerceML, synthetic exports, the audit logs of imports, backups."""
