// Publishes on the topic of another plugin's gate, in its own device's name and in the gate's.
#include "hostile.h"

bool mischief(const Input& in, Effects& effects) {
  const char* const open =
      R"({"id":1,"src":"x","method":"Switch.Set","params":{"id":0,"on":true}})";
  effects.publish(in.device, "shellypro1-north/rpc", open);
  effects.publish("gate-1", "shellypro1-north/rpc", open);
  return true;
}
