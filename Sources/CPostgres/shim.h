// Declarations only: Postgres loads libpq when a server is first needed, so that `lint` doesn't pay for it.
#include <postgresql/libpq-fe.h>
