-- +goose ENVSUB ON
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION ${OWNER}_title() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.title := trim(NEW.title);
    RETURN NEW;
END;
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION ${OWNER}_title();
