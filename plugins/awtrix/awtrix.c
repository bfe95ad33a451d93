/* An LED matrix with the firmware AWTRIX 3 as a display. Source: "MQTT / HTTP API" of its
 * documentation, Custom Apps and Notifications; Dismiss Notification.
 *
 * In plain C, against plugin.h alone. It remembers nothing: a device's topics begin with its id. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xiaogate/plugin.h>

/* Eight lines of 128 characters, each at most twelve octets as JSON writes it. */
enum { kMostText = 8 * 128 * 12 + 8 * 3 + 1, kMostPayload = kMostText + 96, kMostTopic = 128 };

/* JSON that is still to be read. `at` never passes `end`. */
struct json {
  const char* at;
  const char* end;
};

/* What `show` asks for. The text is the inside of a JSON string, as it came. */
struct show {
  char text[kMostText];
  size_t size;
  long seconds; /* 0: until the next */
};

static int is_blank(char sign) {
  return sign == ' ' || sign == '\t' || sign == '\r' || sign == '\n';
}

static void skip_blanks(struct json* in) {
  while (in->at < in->end && is_blank(*in->at)) ++in->at;
}

static int takes(struct json* in, char sign) {
  skip_blanks(in);
  if (in->at == in->end || *in->at != sign) return 0;
  ++in->at;
  return 1;
}

/* A string's inside, borrowed and with its escapes; 0 when there is none. */
static int take_string(struct json* in, xg_text* inside) {
  if (!takes(in, '"')) return 0;
  inside->data = in->at;
  while (in->at < in->end && *in->at != '"') {
    if (*in->at == '\\' && ++in->at == in->end) return 0;
    ++in->at;
  }
  inside->size = (size_t)(in->at - inside->data);
  return takes(in, '"');
}

static int append(struct show* show, xg_text part) {
  if (part.size > sizeof show->text - show->size) return 0;
  if (part.size > 0) memcpy(show->text + show->size, part.data, part.size);
  show->size += part.size;
  return 1;
}

/* The matrix has one line, which scrolls. */
static int take_lines(struct json* in, struct show* show) {
  static const xg_text between = {" \\u00b7 ", 8};
  xg_text line;
  if (!takes(in, '[')) return 0;
  if (takes(in, ']')) return 1;
  do {
    if (show->size > 0 && !append(show, between)) return 0;
    if (!take_string(in, &line) || !append(show, line)) return 0;
  } while (takes(in, ','));
  return takes(in, ']');
}

static int take_seconds(struct json* in, struct show* show) {
  skip_blanks(in);
  const char* first = in->at;
  for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; ++in->at) {
    if (in->at - first >= 5) return 0; /* a day has 86400 */
    show->seconds = show->seconds * 10 + (*in->at - '0');
  }
  return in->at > first;
}

static int is(xg_text text, const char* word) {
  return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

static int parse_show(xg_text data, struct show* show) {
  struct json in = {data.data, data.data};
  xg_text name;
  if (data.size > 0) in.end += data.size;
  show->size = 0;
  show->seconds = 0;
  if (!takes(&in, '{')) return 0;
  do {
    if (!take_string(&in, &name) || !takes(&in, ':')) return 0;
    if (is(name, "lines")) {
      if (!take_lines(&in, show)) return 0;
    } else if (!is(name, "seconds") || !take_seconds(&in, show)) {
      return 0;
    }
  } while (takes(&in, ','));
  return takes(&in, '}');
}

/* QoS 0: what a display missed is no longer worth showing when it is back. */
static int publish(const xg_input* in, const xg_sink* sink, const char* leaf, xg_text payload) {
  char topic[kMostTopic];
  xg_effect effect = {0};
  if (in->device.size >= sizeof topic) return 1;
  const int length =
      snprintf(topic, sizeof topic, "%.*s/%s", (int)in->device.size, in->device.data, leaf);
  if (length <= 0 || (size_t)length >= sizeof topic) return 1;
  effect.size = sizeof effect;
  effect.kind = XG_EFFECT_PUBLISH;
  effect.device = in->device;
  effect.name.data = topic;
  effect.name.size = (size_t)length;
  effect.data = payload;
  return sink->emit(sink->context, &effect);
}

/* Without `stack`: false a notification would wait for the one before it, held ones for ever. */
static int show(const xg_input* in, const xg_sink* sink) {
  static const xg_text nothing = {NULL, 0};
  struct show wanted;
  char payload[kMostPayload];
  int length = 0;
  if (!parse_show(in->data, &wanted)) return 1;
  if (wanted.size == 0) return publish(in, sink, "notify/dismiss", nothing);
  if (wanted.seconds > 0) {
    length =
        snprintf(payload, sizeof payload, "{\"text\":\"%.*s\",\"stack\":false,\"duration\":%ld}",
                 (int)wanted.size, wanted.text, wanted.seconds);
  } else {
    length = snprintf(payload, sizeof payload, "{\"text\":\"%.*s\",\"stack\":false,\"hold\":true}",
                      (int)wanted.size, wanted.text);
  }
  if (length <= 0 || (size_t)length >= sizeof payload) return 1;
  const xg_text text = {payload, (size_t)length};
  return publish(in, sink, "notify", text);
}

static void* create(xg_text config, const xg_entry* state, size_t state_count, char* error,
                    size_t error_size) {
  (void)config;
  (void)state;
  (void)state_count;
  void* self = malloc(1);
  if (self == NULL) snprintf(error, error_size, "no memory");
  return self;
}

static int handle(void* self, const xg_input* input, const xg_sink* sink) {
  (void)self;
  if (input->kind == XG_INPUT_COMMAND && is(input->name, "show")) return show(input, sink);
  return 1; /* not understood */
}

static void destroy(void* self) {
  free(self);
}

const xg_plugin* xiaogate_plugin(void) {
  static const xg_plugin plugin = {
      sizeof(xg_plugin), XG_ABI_VERSION, "awtrix", "1.0.0", create, handle, destroy};
  return &plugin;
}
