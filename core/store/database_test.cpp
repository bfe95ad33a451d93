#include "store/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/test_directory.h"

namespace xiaogate::store {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kId = 0x54455354;
constexpr std::string_view kOne = "CREATE TABLE a(n INTEGER PRIMARY KEY, t TEXT, b BLOB) STRICT";
constexpr std::string_view kTwo = "ALTER TABLE a ADD COLUMN extra INTEGER";

Schema schema(std::vector<std::string_view> migrations = {kOne}) {
  return {.what = "the test file", .application_id = kId, .migrations = std::move(migrations)};
}

std::string_view code_of(const Result<Database>& result) {
  return result ? "opened" : result.error().code;
}

TEST(Database, IsCreatedOnceAndFoundAgain) {
  const TestDirectory directory;
  {
    auto db = Database::open(directory / "a.db", schema());
    ASSERT_TRUE(db) << db.error().text;
    ASSERT_TRUE(db->execute("INSERT INTO a VALUES(1, 'x', NULL)"));
  }
  EXPECT_FALSE(std::filesystem::exists(directory / "a.db-wal"));
  EXPECT_FALSE(std::filesystem::exists(directory / "a.db.new"));
  auto db = Database::open(directory / "a.db", schema(), {.create = false});
  ASSERT_TRUE(db) << db.error().text;
  auto query = db->prepare("SELECT t FROM a");
  auto rows = query->query({});
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.text(0), "x");
  EXPECT_FALSE(rows.next().value());
  EXPECT_FALSE(rows.next().value());
}

TEST(Database, BindsEveryKindOfValue) {
  const TestDirectory directory;
  auto db = Database::open(directory / "a.db", schema());
  ASSERT_TRUE(db);
  auto add = db->prepare("INSERT INTO a VALUES(?1, ?2, ?3)");
  ASSERT_TRUE(add) << add.error().text;
  const Bytes blob{0, 255, 0};
  ASSERT_TRUE(add->run({INT64_MIN, std::string_view("a\0b", 3), ByteView(blob)}));
  ASSERT_TRUE(add->run({INT64_MAX, "", ByteView()}));
  ASSERT_TRUE(add->run({0, {}, {}}));
  auto query = db->prepare("SELECT n, t, b FROM a ORDER BY n");
  auto rows = query->query({});
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), INT64_MIN);
  EXPECT_EQ(rows.text(1), std::string("a\0b", 3));
  EXPECT_EQ(rows.blob(2), blob);
  ASSERT_TRUE(rows.next().value());
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_TRUE(rows.is_null(2));
  ASSERT_TRUE(rows.next().value());
  EXPECT_FALSE(rows.is_null(1));
  EXPECT_FALSE(rows.is_null(2));
  EXPECT_TRUE(rows.blob(2).empty());
}

TEST(Database, TellsWhatIsWrongWithAStatement) {
  const TestDirectory directory;
  auto db = Database::open(directory / "a.db", schema());
  ASSERT_TRUE(db);
  EXPECT_EQ(db->prepare("SELEKT").error().code, "store.invalid");
  auto add = db->prepare("INSERT INTO a(n) VALUES(?1)");
  ASSERT_TRUE(add->run({1}));
  const auto twice = add->run({1});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, "store.constraint");
  EXPECT_THAT(twice.error().text, HasSubstr("a.db"));
  EXPECT_EQ(add->run({1, 2}).error().code, "store.invalid");
  EXPECT_TRUE(add->run({2})) << "usable after a failure";
}

TEST(Database, ATransactionThatIsNotCommittedLeavesNothing) {
  const TestDirectory directory;
  auto db = Database::open(directory / "a.db", schema());
  ASSERT_TRUE(db);
  {
    Transaction transaction(*db);
    ASSERT_TRUE(transaction.begin());
    ASSERT_TRUE(db->execute("INSERT INTO a(n) VALUES(1)"));
  }
  {
    Transaction transaction(*db);
    ASSERT_TRUE(transaction.begin());
    ASSERT_TRUE(db->execute("INSERT INTO a(n) VALUES(2)"));
    ASSERT_TRUE(transaction.commit());
  }
  auto query = db->prepare("SELECT n FROM a");
  auto rows = query->query({});
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), 2);
  EXPECT_FALSE(rows.next().value());
}

TEST(Database, MigratesByNumberAndKeepsTheRows) {
  const TestDirectory directory;
  {
    auto db = Database::open(directory / "a.db", schema());
    ASSERT_TRUE(db->execute("INSERT INTO a(n) VALUES(1)"));
  }
  EXPECT_EQ(code_of(Database::open(directory / "a.db", schema({kOne, kTwo}), {.read_only = true})),
            "store.too_old");
  {
    auto db = Database::open(directory / "a.db", schema({kOne, kTwo}));
    ASSERT_TRUE(db) << db.error().text;
    EXPECT_TRUE(db->execute("UPDATE a SET extra = 5 WHERE n = 1"));
    EXPECT_EQ(db->changes(), 1);
  }
  const std::string before = read_all(directory / "a.db");
  const auto older = Database::open(directory / "a.db", schema());
  EXPECT_EQ(code_of(older), "store.too_new");
  EXPECT_THAT(older.error().text, HasSubstr("version 2"));
  EXPECT_EQ(read_all(directory / "a.db"), before);
}

TEST(Database, AMigrationThatFailsChangesNothing) {
  const TestDirectory directory;
  {
    ASSERT_TRUE(Database::open(directory / "a.db", schema()));
  }
  EXPECT_EQ(code_of(Database::open(
                directory / "a.db",
                schema({kOne, "CREATE TABLE b(n INTEGER); INSERT INTO nowhere VALUES(1)"}))),
            "store.invalid");
  auto db = Database::open(directory / "a.db", schema());
  ASSERT_TRUE(db) << db.error().text;
  EXPECT_TRUE(db->execute("CREATE TABLE b(n INTEGER)")) << "no trace of the half of it";
}

TEST(Database, RefusesWhatIsNotThereOrNotReadable) {
  const TestDirectory directory;
  EXPECT_EQ(code_of(Database::open(directory / "no/a.db", schema())), "store.missing");
  EXPECT_EQ(code_of(Database::open(directory / "a.db", schema(), {.create = false})),
            "store.missing");
  EXPECT_EQ(code_of(Database::open(directory / "a.db", schema(), {.read_only = true})),
            "store.missing");
  EXPECT_FALSE(std::filesystem::exists(directory / "a.db"));
  EXPECT_EQ(code_of(Database::open(directory.path(), schema())), "store.unreadable");
}

TEST(Database, RefusesALogWithoutItsFile) {
  const TestDirectory directory;
  write_all(directory / "a.db-wal", "the last turns");
  EXPECT_EQ(code_of(Database::open(directory / "a.db", schema())), "store.damaged");
  EXPECT_EQ(read_all(directory / "a.db-wal"), "the last turns");
  EXPECT_FALSE(std::filesystem::exists(directory / "a.db"));
}

TEST(Database, RefusesForeignFilesAndLeavesThemAlone) {
  const TestDirectory directory;
  {
    Schema other = schema();
    other.application_id = kId + 1;
    ASSERT_TRUE(Database::open(directory / "other.db", other));
  }
  const std::string other = read_all(directory / "other.db");
  for (const std::string& octets :
       {std::string(), std::string("SQLite format 3"), std::string(8192, 'x'), other}) {
    write_all(directory / "a.db", octets);
    const auto refused = Database::open(directory / "a.db", schema());
    EXPECT_EQ(code_of(refused), "store.foreign");
    EXPECT_THAT(refused.error().text, HasSubstr("not been changed"));
    EXPECT_EQ(read_all(directory / "a.db"), octets);
  }
}

TEST(Database, CanBeReadWhileItIsWritten) {
  const TestDirectory directory;
  auto writer = Database::open(directory / "a.db", schema());
  ASSERT_TRUE(writer);
  auto reader = Database::open(directory / "a.db", schema(), {.read_only = true});
  ASSERT_TRUE(reader) << reader.error().text;
  auto count = reader->prepare("SELECT count(*) FROM a");
  ASSERT_TRUE(count);
  auto rows = count->query({});
  ASSERT_TRUE(rows.next().value());
  EXPECT_TRUE(writer->execute("INSERT INTO a(n) VALUES(1)")) << "a reader never blocks the writer";
  EXPECT_EQ(rows.integer(0), 0);
  EXPECT_FALSE(rows.next().value());
  auto again = count->query({});
  ASSERT_TRUE(again.next().value());
  EXPECT_EQ(again.integer(0), 1);
  EXPECT_FALSE(reader->execute("INSERT INTO a(n) VALUES(2)"));
}

// The file and its log as a crash would leave them, under another name.
void copy_as_crashed(const TestDirectory& directory) {
  for (const std::string_view suffix : {"", "-wal"}) {
    std::filesystem::copy_file(directory / ("a.db" + std::string(suffix)),
                               directory / ("crashed.db" + std::string(suffix)));
  }
}

TEST(Database, FindsWhatACrashLeftInTheLog) {
  const TestDirectory directory;
  {
    auto db = Database::open(directory / "a.db", schema());
    ASSERT_TRUE(db->execute("INSERT INTO a(n) VALUES(1)"));
    copy_as_crashed(directory);
  }
  auto db = Database::open(directory / "crashed.db", schema());
  ASSERT_TRUE(db) << db.error().text;
  auto count = db->prepare("SELECT count(*) FROM a");
  auto rows = count->query({});
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), 1);
}

TEST(Database, RefusesANewerVersionThatOnlyTheLogTells) {
  const TestDirectory directory;
  {
    ASSERT_TRUE(Database::open(directory / "a.db", schema()));
  }
  {
    auto newer = Database::open(directory / "a.db", schema({kOne, kTwo}));
    ASSERT_TRUE(newer);
    copy_as_crashed(directory);
  }
  const std::string file = read_all(directory / "crashed.db");
  const std::string log = read_all(directory / "crashed.db-wal");
  ASSERT_FALSE(log.empty());
  EXPECT_EQ(code_of(Database::open(directory / "crashed.db", schema())), "store.too_new");
  EXPECT_EQ(read_all(directory / "crashed.db"), file);
  EXPECT_EQ(read_all(directory / "crashed.db-wal"), log);
}

}  // namespace
}  // namespace xiaogate::store
