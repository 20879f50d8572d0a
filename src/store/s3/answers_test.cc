#include "store/s3/answers.h"

#include <gtest/gtest.h>

namespace haul::store::s3 {
namespace {

TEST(Answers, ListPage) {
    const auto page = parse_key_page(
        "<?xml version=\"1.0\"?><ListBucketResult "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name>"
        "<EncodingType>url</EncodingType><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>"
        "<NextContinuationToken>t/+=</NextContinuationToken>"
        "<Contents><Key>a%2Fb+c%2Bd%0A</Key><Size>18446744073709551615</Size><ETag>&quot;e&quot;</ETag>"
        "<LastModified>2026-11-22T10:00:00.250Z</LastModified><StorageClass>GLACIER</StorageClass></Contents>"
        "<Contents><Key>b</Key><Size>0</Size></Contents></ListBucketResult>",
        "s3://b");
    ASSERT_TRUE(page.has_value()) << page.error().message();
    ASSERT_EQ(page->keys.size(), 2U);
    EXPECT_EQ(page->keys[0].key, "a/b c+d\n");
    EXPECT_EQ(page->keys[0].size, 18446744073709551615U);
    EXPECT_EQ(page->keys[0].etag, "\"e\"");
    EXPECT_EQ(page->keys[0].mtime_ns, 1795341600'250000000);
    EXPECT_EQ(page->keys[0].storage_class, "GLACIER");
    EXPECT_TRUE(page->truncated);
    EXPECT_EQ(page->token, "t/+=");
}

// What was cut on the way, or is no list at all, is an error that passes: never a shorter listing.
TEST(Answers, BrokenListPages) {
    for (const char* text : {
             "",
             "<html>busy</html>",
             "<ListBucketResult><Contents><Key>a</Key>",
             "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
             "<ListBucketResult><Contents><Key>a</Key><Size>1x</Size></Contents></ListBucketResult>",
             "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
             "<ListBucketResult><KeyCount>2</KeyCount><Contents><Key>a</Key><Size>1</Size></Contents></"
             "ListBucketResult>",
             "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
             "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%4</Key><Size>1</Size></"
             "Contents>"
             "</ListBucketResult>",
         }) {
        const auto page = parse_key_page(text, "s3://b");
        ASSERT_FALSE(page.has_value()) << text;
        EXPECT_EQ(page.error().code, Code::corrupt) << text;
        EXPECT_EQ(page.error().retry, Retry::later) << text;
    }
}

TEST(Answers, PiecesAndUploads) {
    const auto pieces = parse_piece_page(
        "<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><Size>5</Size>"
        "<ETag>\"x\"</ETag><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32></Part>"
        "<Part><PartNumber>9</PartNumber><Size>0</Size></Part></ListPartsResult>",
        "s");
    ASSERT_TRUE(pieces.has_value());
    ASSERT_EQ(pieces->pieces.size(), 2U);
    EXPECT_EQ(pieces->pieces[0].crc32, 0xCBF43926U);  // of "123456789"
    EXPECT_EQ(pieces->pieces[1].crc32, std::nullopt);
    const auto uploads = parse_upload_page(
        "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
        "<NextKeyMarker>a%20b</NextKeyMarker><NextUploadIdMarker>i</NextUploadIdMarker>"
        "<Upload><Key>a%20b</Key><UploadId>i</UploadId></Upload></ListMultipartUploadsResult>",
        "s");
    ASSERT_TRUE(uploads.has_value());
    EXPECT_EQ(uploads->uploads[0].key, "a b");
    EXPECT_EQ(uploads->next_key, "a b");
    EXPECT_FALSE(parse_upload_id("<InitiateMultipartUploadResult/>", "s").has_value());
}

TEST(Answers, ErrorsAreFoundInEveryDocument) {
    const auto error =
        parse_error("<Error><Code>SlowDown</Code><Message>Wait</Message><RequestId>1</RequestId></Error>");
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(error->code, "SlowDown");
    EXPECT_FALSE(parse_error("<CompleteMultipartUploadResult/>").has_value());
    EXPECT_FALSE(parse_error("").has_value());
    const auto failed = parse_deleted(
        "<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code></Error></"
        "DeleteResult>",
        "s");
    ASSERT_TRUE(failed.has_value());
    ASSERT_EQ(failed->size(), 1U);
    EXPECT_EQ(failed->front().error.code, "AccessDenied");
    EXPECT_FALSE(parse_made("<Error/>", "s").has_value());
}

TEST(Answers, Crc32Text) {
    EXPECT_EQ(crc32_text(0xCBF43926U), "y/Q5Jg==");
    EXPECT_EQ(parse_crc32("y/Q5Jg=="), 0xCBF43926U);
    EXPECT_EQ(parse_crc32("y/Q5Jg==-3"), std::nullopt);
    EXPECT_EQ(parse_crc32(""), std::nullopt);
    EXPECT_EQ(parse_crc32("AAAA"), std::nullopt);
}

TEST(Answers, Times) {
    EXPECT_EQ(parse_http_time("Sun, 22 Nov 2026 10:00:00 GMT"), 1795341600'000000000);
    EXPECT_EQ(parse_http_time("yesterday"), std::nullopt);
    EXPECT_EQ(parse_iso_time("2026-11-22T10:00:00Z"), 1795341600'000000000);
    EXPECT_EQ(parse_iso_time("2026-11-22"), std::nullopt);
}

TEST(Answers, XmlEscapes) {
    EXPECT_EQ(xml_escaped("a<&>\"\n\xC3\xA9"), "a&#60;&#38;&#62;&#34;&#10;\xC3\xA9");
}

}  // namespace
}  // namespace haul::store::s3
