// What the command line says to people, in English and Chinese. The table is texts.cpp, and the
// only place for sentences; the reasons of errors come from where they arise, in English.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace xiaogate::cli {

enum class Language { english, chinese };

enum class Text {
  help_program,
  help_json,
  help_lang,
  help_journal,
  help_journal_show,
  help_journal_verify,
  help_status,
  help_rider,
  help_rider_add,
  help_rider_revoke,
  help_rider_suspend,
  help_rider_restore,
  help_rider_list,
  help_rider_code,
  option_data,
  option_from,
  option_limit,
  option_gateway_socket,
  option_hub,
  option_phone,
  option_phone_new,
  option_algorithm,
  option_subject,
  option_scope,
  option_valid_days,
  option_rider_id,
  option_reason,
  option_full,
  option_at,
  journal_empty,
  journal_good,
  journal_broken,
  status_gateway,
  status_links,
  status_up,
  status_down,
  status_journal,
  status_feed,
  status_decisions,
  status_rejected,
  status_devices,
  status_plugins,
  status_parked,
  status_none,
  rider_added,
  rider_status,
  rider_none,
  rider_which,
  help_plugin,
  help_plugin_new,
  help_plugin_test,
  option_plugin_name,
  option_interface,
  option_plugin_language,
  option_plugin_folder,
  option_recordings,
  option_runner,
  option_junit,
  option_seed,
  option_quick,
  help_plugin_key,
  help_plugin_pack,
  help_plugin_verify,
  option_key_file,
  option_vendor_name,
  option_key,
  option_package_out,
  option_package,
  option_trust,
  package_made,
  package_good,
  help_plugin_install,
  help_plugin_list,
  help_plugin_start,
  option_plugin,
  plugin_installed,
  plugin_kept,
  plugin_started,
  plugin_made,
  file_unwritable,
  conformance_title,
  conformance_passed,
  conformance_failed,
  conformance_not_run,
  conformance_error,
  conformance_warning,
  conformance_untold,
  conformance_good,
  conformance_bad,
  failed,
  count
};

// The sentence, with {0}, {1}, ... replaced by `values`.
std::string say(Language language, Text text, std::initializer_list<std::string_view> values = {});

// A word of the system ("online", "revoked", ...) in the language of the reader; itself when it is
// not known.
std::string say_word(Language language, std::string_view word);

}  // namespace xiaogate::cli
