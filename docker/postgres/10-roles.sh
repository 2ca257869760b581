#!/bin/sh
# Run once by the image, on an empty data folder: the two roles and the database docs/operations.md describes.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres \
  --set=owner_password="$TIEOUT_OWNER_PASSWORD" --set=app_password="$TIEOUT_APP_PASSWORD" <<'SQL'
CREATE ROLE tieout_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE tieout_app LOGIN PASSWORD :'app_password';
CREATE DATABASE tieout OWNER tieout_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE tieout FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE tieout TO tieout_app;
\connect tieout
ALTER SCHEMA public OWNER TO tieout_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO tieout_app;
SQL
