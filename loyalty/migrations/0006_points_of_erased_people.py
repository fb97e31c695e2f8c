from django.db import migrations

# What was moved is never changed; a key and a note may name a person who is to be erased.
ENTRIES = """
CREATE FUNCTION loyalty_points_entry_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.note = '' AND NEW.key = 'erased-' || OLD.id
      AND (NEW.id, NEW.program_id, NEW.account_id, NEW.kind, NEW.points, NEW.at, NEW.reverses_id)
      IS NOT DISTINCT FROM
      (OLD.id, OLD.program_id, OLD.account_id, OLD.kind, OLD.points, OLD.at, OLD.reverses_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'points entries are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER points_entry_append_only ON loyalty_pointsentry;
CREATE TRIGGER points_entry_append_only BEFORE UPDATE ON loyalty_pointsentry
  FOR EACH ROW EXECUTE FUNCTION loyalty_points_entry_keeps();
"""
BEFORE = """
DROP TRIGGER points_entry_append_only ON loyalty_pointsentry;
CREATE TRIGGER points_entry_append_only BEFORE UPDATE ON loyalty_pointsentry
  FOR EACH ROW EXECUTE FUNCTION loyalty_points_append_only();
DROP FUNCTION loyalty_points_entry_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0005_growth")]
    operations = [migrations.RunSQL(ENTRIES, BEFORE)]
