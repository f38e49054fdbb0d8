"""The import from 1C as an operation of the portal: form, table, filters, backend."""
