/* plan_json.c - plans to JSON and back. */
#include "config.h"
#include "backends/plan_json.h"

#include "backends/json.h"
#include "lab/hurts.h"
#include "lab/plan_make.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define STEPS_MAX 2000
#define LINES_MAX 200

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static json_t *target_to_json(const struct subject *s)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s}", "source", s->source, "kind",
			 s->kind == THING_VM ? "vm" : "host", "id", s->moref, "uuid", s->uuid, "name",
			 s->name);
}

/* A step about a key tells it with each value: {"key": …, "value": …}. */
static json_t *value_to_json(const struct step *s, const char *value)
{
	return *s->key ? json_pack("{s:s,s:s}", "key", s->key, "value", value) : json_string(value);
}

static void set_index(json_t *step, const char *name, const struct plan *plan, int index)
{
	if (index != STEP_ANY)
		json_object_set_new(step, name, json_string(plan->steps[index].id));
}

static json_t *step_to_json(const struct plan *plan, int i, const struct lab *lab)
{
	const struct step *s = &plan->steps[i];
	json_t *step = json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:s,s:b}", "id", s->id, "op", s->ops->name,
				 "title", s->ops->title, "target", target_to_json(&s->target), "before",
				 value_to_json(s, s->before), "after", value_to_json(s, s->want), "effect",
				 effect_names[s->ops->effect], "reversible", step_reversible(s->ops));
	if (*s->rule)
		json_object_set_new(step, "rule", json_string(s->rule));
	set_index(step, "only_for", plan, s->only_for);
	set_index(step, "only_if", plan, s->only_if);
	if (lab) {
		g_autoptr(GString) why = g_string_new(NULL);
		enum verdict v = plan_check(plan, i, lab, why);
		json_object_set_new(step, "verdict", json_string(verdict_names[v]));
		json_object_set_new(step, "why", json_string(why->str));
	}
	return step;
}

static json_t *lines_to_json(const char *const *lines)
{
	json_t *array = json_array();
	for (; lines && *lines; lines++)
		json_array_append_new(array, json_string(*lines));
	return array;
}

static char *time_text(int64_t wall_ms)
{
	g_autoptr(GDateTime) t = g_date_time_new_from_unix_utc(wall_ms / 1000);
	return g_date_time_format(t, "%Y-%m-%dT%H:%M:%SZ");
}

/* What is true now and no part of the plan: who would be hurt, and how long it may take. */
static void add_hurts(json_t *json, const struct plan *plan, const struct lab *lab)
{
	g_autoptr(GPtrArray) hurts = plan_hurts(plan, lab);
	json_t *list = json_array();
	for (guint i = 0; i < hurts->len; i++) {
		const struct hurt *h = hurts->pdata[i];
		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "kind", hurt_kind_names[h->kind],
						      "who", h->who, "what", h->what));
	}
	json_object_set_new(json, "hurts", list);
	json_object_set_new(json, "estimated_s", json_integer(plan_usual_s(plan, lab)));
}

json_t *plan_to_json(const struct plan *plan, const struct lab *lab)
{
	g_autofree char *made = time_text(plan->made_ms);
	json_t *answers = json_object(), *steps = json_array();
	for (int i = 0; i < plan->n_answers; i++)
		json_object_set_new(answers, plan->answers[i].name, json_string(plan->answers[i].value));
	for (int i = 0; i < plan->n_steps; i++)
		json_array_append_new(steps, step_to_json(plan, i, lab));
	json_t *json =
		json_pack("{s:i,s:s,s:s,s:s,s:s,s:b,s:o,s:o,s:o,s:o}", "labtop-plan", PLAN_JSON_VERSION, "id",
			  plan->id, "made", made, "wizard", plan->wizard, "title", plan->title, "demo",
			  plan->demo, "answers", answers, "steps", steps, "manual",
			  lines_to_json(plan->manual), "remarks", lines_to_json(plan->remarks));
	if (lab)
		add_hurts(json, plan, lab);
	return json;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool broken(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool broken(GError **error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "no plan that can be carried out: %s", what);
	return false;
}

/* A string that must be there; raw where it goes back to its owner. */
static bool take_text(struct box *box, const json_t *object, const char *key, bool raw, const char **out,
		      GError **error)
{
	const char *text = json_raw(object, key);
	if (!text || strlen(text) > 4096)
		return broken(error, "\"%s\" is missing", key);
	*out = raw ? box_raw(box, text, -1) : box_text(box, text, -1);
	return true;
}

static bool take_target(struct box *box, const json_t *json, struct subject *out, GError **error)
{
	const char *kind;
	if (!take_text(box, json, "kind", true, &kind, error) ||
	    !take_text(box, json, "source", true, &out->source, error) ||
	    !take_text(box, json, "id", true, &out->moref, error) ||
	    !take_text(box, json, "uuid", true, &out->uuid, error) ||
	    !take_text(box, json, "name", false, &out->name, error))
		return false;
	if (strcmp(kind, "vm") != 0 && strcmp(kind, "host") != 0)
		return broken(error, "a target of kind %s", kind);
	out->kind = strcmp(kind, "vm") == 0 ? THING_VM : THING_HOST;
	return true;
}

static bool take_value(struct box *box, const json_t *step, const char *name, const char **key,
		       const char **value, GError **error)
{
	const json_t *json = json_object_get(step, name);
	if (!json_is_object(json)) {
		*key = "";
		return take_text(box, step, name, true, value, error);
	}
	return take_text(box, json, "key", true, key, error) &&
	       take_text(box, json, "value", true, value, error);
}

/* "s3": a step of the same plan, or STEP_ANY where it is not given. */
static bool take_index(const json_t *step, const char *name, size_t n_steps, int *out, GError **error)
{
	const char *id = json_raw(step, name);
	guint64 number = 0;
	*out = STEP_ANY;
	if (!id)
		return true;
	if (id[0] != 's' || !g_ascii_string_to_unsigned(id + 1, 10, 1, n_steps, &number, NULL))
		return broken(error, "\"%s\" is no step of it", name);
	*out = (int)number - 1;
	return true;
}

static bool take_step(struct box *box, const json_t *json, size_t n_steps, struct step *out, GError **error)
{
	const char *op, *key;
	if (!take_text(box, json, "id", true, &out->id, error) ||
	    !take_text(box, json, "op", false, &op, error) ||
	    !take_target(box, json_object_get(json, "target"), &out->target, error) ||
	    !take_value(box, json, "before", &key, &out->before, error) ||
	    !take_value(box, json, "after", &out->key, &out->want, error) ||
	    !take_index(json, "only_for", n_steps, &out->only_for, error) ||
	    !take_index(json, "only_if", n_steps, &out->only_if, error))
		return false;
	const char *rule = json_raw(json, "rule");
	out->rule = box_text(box, rule, -1);
	out->ops = step_ops_find(op);
	if (!out->ops)
		return broken(error, "this labtop knows no step %s", op);
	if (out->ops->scope != out->target.kind || strcmp(key, out->key) != 0)
		return broken(error, "step %s fits nothing", out->id);
	return true;
}

static const char *const *take_lines(struct box *box, const json_t *json, const char *key)
{
	const char *const *lines = json_texts(box, json, key, LINES_MAX);
	return lines && *lines ? lines : NULL;
}

static bool take_time(const json_t *json, int64_t *wall_ms, GError **error)
{
	const char *text = json_raw(json, "made");
	g_autoptr(GDateTime) t = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;
	if (!t)
		return broken(error, "\"made\" is no time");
	*wall_ms = g_date_time_to_unix(t) * 1000;
	return true;
}

static void take_answers(struct plan *plan, const json_t *json)
{
	json_t *answers = json_object_get(json, "answers"), *value;
	const char *name;
	struct plan_answer *list = box_array0(plan->box, struct plan_answer, json_object_size(answers) + 1);
	json_object_foreach(answers, name, value) list[plan->n_answers++] = (struct plan_answer){
		box_text(plan->box, name, -1), box_text(plan->box, json_string_value(value), -1)};
	plan->answers = list;
}

static bool fill(struct plan *plan, const json_t *json, GError **error)
{
	const json_t *steps = json_object_get(json, "steps");
	size_t n = json_array_size(steps);
	if (!take_text(plan->box, json, "id", true, &plan->id, error) ||
	    !take_text(plan->box, json, "wizard", false, &plan->wizard, error) ||
	    !take_text(plan->box, json, "title", false, &plan->title, error) ||
	    !take_time(json, &plan->made_ms, error))
		return false;
	if (!json_is_array(steps) || n > STEPS_MAX)
		return broken(error, "\"steps\" is no list of at most %d", STEPS_MAX);
	struct step *list = box_array0(plan->box, struct step, n + 1);
	for (size_t i = 0; i < n; i++)
		if (!take_step(plan->box, json_array_get(steps, i), n, &list[i], error))
			return false;
	plan->steps = list;
	plan->n_steps = (int)n;
	plan->demo = json_is_true(json_object_get(json, "demo"));
	plan->manual = take_lines(plan->box, json, "manual");
	plan->remarks = take_lines(plan->box, json, "remarks");
	take_answers(plan, json);
	if (strcmp(plan->id, plan_make_id(plan)) != 0)
		return broken(error, "it was changed after it was made; make it again with labtop plan");
	return true;
}

struct plan *plan_from_json(const json_t *json, GError **error)
{
	json_int_t version = json_integer_value(json_object_get(json, "labtop-plan"));
	if (version <= 0) {
		broken(error, "\"labtop-plan\" is missing");
		return NULL;
	}
	if (version > PLAN_JSON_VERSION) {
		broken(error, "a newer labtop made it (version %d, this one reads %d)",
		       (int)MIN(version, 9999), PLAN_JSON_VERSION);
		return NULL;
	}
	struct box *box = box_new();
	struct plan *plan = box_new0(box, struct plan);
	plan->box = box;
	if (fill(plan, json, error))
		return plan;
	box_unref(box);
	return NULL;
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

static bool read_all(int fd, const char *path, GString *out, GError **error)
{
	char part[8192];
	ssize_t n;
	while ((n = read(fd, part, sizeof part)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || out->len + (gsize)n > PLAN_JSON_CAP) {
			g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: %s", path,
				    n < 0 ? g_strerror(errno) : "larger than any plan");
			return false;
		}
		g_string_append_len(out, part, n);
	}
	return true;
}

struct plan *plan_read_file(const char *path, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		g_set_error(error, LAB_ERROR, LAB_ERR_USAGE, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	bool ok = read_all(fd, path, text, error);
	if (!standard)
		close(fd);
	json_t *json = ok ? json_read(text->str, text->len, JSON_AGENT, error) : NULL;
	struct plan *plan = json ? plan_from_json(json, error) : NULL;
	json_decref(json);
	if (!plan && ok)
		g_prefix_error(error, "%s: ", path);
	if (!plan && error && *error && (*error)->code == LAB_ERR_PROTOCOL)
		(*error)->code = LAB_ERR_USAGE;
	return plan;
}
