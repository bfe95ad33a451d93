/* xiaogate plugin contract, ABI version 1.
 *
 * A plugin translates between one family of devices and the gateway's Thing Models. It is a shared
 * library with ONE exported function, xiaogate_plugin(), and it is a PURE FUNCTION of its inputs:
 * it gets an input (an MQTT message of one of its devices, a command, a timer) and hands effects to
 * a sink (publish, event, timer, state). It opens no socket, file or thread, reads no clock and
 * draws no random numbers; so it can be sandboxed, replayed, restarted from its state and swapped.
 *
 * Threads: the gateway calls a plugin from one thread, one call at a time.
 * Ownership: every pointer handed to a function is borrowed for that call. Copy what you keep.
 * Text: UTF-8, length given, NOT NUL-terminated. JSON where a comment says so.
 * Growth: every struct begins with its size in bytes. Later versions append members; check
 * `size` before you read a member that this version does not have.
 *
 * This header compiles as C11 and as C++17. xiaogate/plugin.hpp is a C++ face on top of it.
 */
#ifndef XIAOGATE_PLUGIN_H
#define XIAOGATE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XG_ABI_VERSION 1u

#if defined(__GNUC__)
#define XG_EXPORT __attribute__((visibility("default")))
#else
#define XG_EXPORT
#endif

typedef struct xg_text {
  const char* data; /* may be NULL when size is 0 */
  size_t size;      /* bytes */
} xg_text;

/* One key of the plugin's own state and its value (any bytes). */
typedef struct xg_entry {
  xg_text key;
  xg_text value;
} xg_entry;

enum xg_input_kind {
  XG_INPUT_MESSAGE = 1, /* name: MQTT topic; data: payload, any bytes */
  XG_INPUT_COMMAND = 2, /* name: action of the Thing Model; data: JSON object of its input */
  XG_INPUT_TIMER = 3,   /* name: the timer's name; data: empty */
  XG_INPUT_REQUEST = 4  /* scene plugins; not sent in this version */
};

typedef struct xg_input {
  uint32_t size;
  uint32_t kind;  /* xg_input_kind */
  int64_t now_ms; /* wall time of this turn, milliseconds since 1970-01-01T00:00Z */
  uint64_t id;    /* number of this call, unique while the plugin runs */
  xg_text device; /* id of the device, from the site configuration */
  xg_text name;
  xg_text data;
} xg_input;

enum xg_effect_kind {
  XG_EFFECT_PUBLISH = 1, /* name: MQTT topic the manifest allows; data: payload; qos */
  XG_EFFECT_EVENT = 2,   /* name: event of the Thing Model; data: JSON object */
  XG_EFFECT_TIMER = 3,   /* name; delay_ms from now; setting the same name again replaces it */
  XG_EFFECT_PUT = 4,     /* name: state key; data: value, empty erases; device is ignored */
  XG_EFFECT_REPLY = 5    /* scene plugins; refused in this version */
};

typedef struct xg_effect {
  uint32_t size;
  uint32_t kind;  /* xg_effect_kind */
  xg_text device; /* the device it concerns */
  xg_text name;
  xg_text data;
  int64_t delay_ms; /* timers only: 0 to 86,400,000 */
  uint32_t qos;     /* publish only: 0 or 1. Nothing is ever published retained. */
} xg_effect;

/* Where handle() puts its effects. emit() copies the effect and returns 0, or a non-zero value when
 * the effect is refused (unknown kind, or more than the quota of one call); go on without it. */
typedef struct xg_sink {
  uint32_t size;
  void* context;
  int (*emit)(void* context, const xg_effect* effect);
} xg_sink;

typedef struct xg_plugin {
  uint32_t size;
  uint32_t abi;        /* XG_ABI_VERSION */
  const char* name;    /* as in manifest.json; NUL-terminated, static */
  const char* version; /* as in manifest.json; NUL-terminated, static */

  /* Makes an instance that serves all devices of this plugin.
   * config: JSON {"devices": {"<id>": {<options, valid by the manifest's schema>}, ...}}.
   * state: what the plugin has put() so far, in key order.
   * On failure returns NULL and writes one sentence for the log into `error` (NUL-terminated, at
   * most error_size bytes with the NUL). */
  void* (*create)(xg_text config, const xg_entry* state, size_t state_count, char* error,
                  size_t error_size);

  /* Handles one input. Returns 0, or a non-zero value when the input is not understood (it is then
   * counted and journalled, and the effects of this call are dropped). */
  int (*handle)(void* self, const xg_input* input, const xg_sink* sink);

  void (*destroy)(void* self);
} xg_plugin;

/* The one exported symbol. Returns a static descriptor. */
XG_EXPORT const xg_plugin* xiaogate_plugin(void);

#ifdef __cplusplus
}
#endif

#endif /* XIAOGATE_PLUGIN_H */
