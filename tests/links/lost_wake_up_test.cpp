// A signal to Paho's send thread that comes while nobody waits for it is lost. Rather than wait for
// that to happen, this file loses signals: the dynamic linker resolves Paho's pthread_cond_signal
// to the one below.
#include <atomic>
#include <string_view>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include "links/mqtt_link.h"
#include "tests/links/recorder.h"
#include "tests/support/mosquitto.h"

namespace {

std::atomic<int> to_lose{0};
std::atomic<int> signals_of_paho{0};

using Signal = int (*)(pthread_cond_t*);

// Asked for without a version, the linker gives the oldest, which takes another pthread_cond_t.
Signal real_signal() {
  void* found = dlvsym(RTLD_NEXT, "pthread_cond_signal", "GLIBC_2.3.2");
  if (found == nullptr) found = dlsym(RTLD_NEXT, "pthread_cond_signal");
  return reinterpret_cast<Signal>(found);
}

bool is_in_paho(void* address) {
  Dl_info info{};
  return dladdr(address, &info) != 0 && info.dli_fname != nullptr &&
         std::string_view(info.dli_fname).find("paho-mqtt3as") != std::string_view::npos;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int pthread_cond_signal(
    pthread_cond_t* condition) {
  static const Signal real = real_signal();
  if (is_in_paho(__builtin_return_address(0))) {
    ++signals_of_paho;
    int left = to_lose;
    while (left > 0 && !to_lose.compare_exchange_weak(left, left - 1)) {
    }
    if (left > 0) return 0;
  }
  return real(condition);
}

namespace xiaogate::links {
namespace {

using test::quick_options;
using test::Recorder;
using xiaogate::test::Mosquitto;
using xiaogate::test::wait_until;

// Paho finds what it has missed by itself within a second. A signal more than there were messages
// tells that it did not have to; one of a few attempts is enough, because Paho's second may just
// have been over.
constexpr int kAttempts = 5;

class LostWakeUp : public testing::TestWithParam<int> {};

TEST_P(LostWakeUp, OfAMessageIsMadeUpForAndNothingIsSentTwice) {
  Mosquitto broker;
  auto options = quick_options(broker.url(), "link");
  options.subscriptions = {{"t", 2}};
  Recorder recorder(options);
  ASSERT_TRUE(recorder.wait_up());

  int made_up = 0;
  for (int i = 0; i < kAttempts; ++i) {
    const int before = signals_of_paho;
    to_lose = 1;
    const std::string payload = std::to_string(i);
    ASSERT_TRUE(recorder.link().publish("t", payload, GetParam(), false));
    ASSERT_TRUE(recorder.wait_message(payload));
    ASSERT_TRUE(recorder.link().flush(xiaogate::test::kPatience));
    if (signals_of_paho - before > 1) ++made_up;
  }
  EXPECT_GT(made_up, 0);
  ASSERT_TRUE(recorder.link().publish("t", "last", 1, false));
  ASSERT_TRUE(recorder.wait_message("last"));
  recorder.destroy();
  EXPECT_EQ(recorder.messages.size(), kAttempts + 1U);
}

INSTANTIATE_TEST_SUITE_P(Qos, LostWakeUp, testing::Values(0, 1, 2));

}  // namespace
}  // namespace xiaogate::links
