#include <algorithm>
#include <thread>
#include <utility>

#include "store/conformance/checks.h"

namespace haul::store::conformance {
namespace {

// Two whole pieces and a short one.
std::string three_pieces(const Capabilities& can) { return noise(piece_size(can) * 2 + 1234, 9); }

}  // namespace

Status uploads_are_invisible_until_finished(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    const std::string name = bench.at("deep/down/f");
    auto upload = TRY(bench.open_upload(name, text.size()));
    const auto pieces = pieces_of(text, piece_size(bench.can()));
    TRY(put(*upload, pieces));
    TRY(upload->flush());
    TRY(bench.expect_absent(name));
    const Object made = TRY(upload->finish(finish_of(text, pieces.size())));
    TRY(bench.expect_holds(name, text));
    const Object found = TRY(bench.store().stat({.name = name})).object;
    TRY(expect(made.name == name && made.size == text.size() && made.version == found.version,
               "finish() describes another object than is there"));
    return bench.expect_files("deep/down/f");
}

Status pieces_come_in_any_order(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    auto pieces = pieces_of(text, piece_size(bench.can()));
    auto upload = TRY(bench.open_upload(bench.at("f"), text.size()));
    const std::string other(pieces[1].bytes.size(), 'x');
    auto wrong = pieces_of(other, other.size());
    wrong[0].number = pieces[1].number;
    wrong[0].offset = pieces[1].offset;
    TRY(put(*upload, std::move(wrong)));
    std::ranges::reverse(pieces);
    TRY(put(*upload, pieces));  // piece 2 again, under the same number: the last one counts
    TRY(upload->finish(finish_of(text, pieces.size())));
    return bench.expect_holds(bench.at("f"), text);
}

Status pieces_come_from_many_threads(Bench& bench) {
    const std::string text = noise(piece_size(bench.can()) * 6 + 1234, 9);
    const auto pieces = pieces_of(text, piece_size(bench.can()));
    auto upload = TRY(bench.open_upload(bench.at("f"), text.size()));
    std::vector<Status> results(pieces.size());
    {
        std::vector<std::jthread> threads;
        threads.reserve(pieces.size());
        for (std::size_t i = 0; i < pieces.size(); ++i)
            threads.emplace_back([&, i] { results[i] = put(*upload, {pieces[i]}); });
        TRY(upload->flush());
    }
    for (const Status& result : results) TRY(Status(result));
    TRY(upload->finish(finish_of(text, pieces.size())));
    return bench.expect_holds(bench.at("f"), text);
}

Status uploads_are_resumed_by_id(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    auto pieces = pieces_of(text, piece_size(bench.can()));
    UploadRequest request;
    request.name = bench.at("f");
    request.size = text.size();
    auto upload = TRY(bench.store().open_upload(request));
    TRY(put(*upload, {pieces[0]}));
    TRY(upload->flush());
    request.id = upload->id();
    TRY(expect(!upload->id().empty(), "an upload without id"));
    upload.reset();
    auto resumed = TRY(bench.store().open_upload(request));
    TRY(expect(resumed->id() == *request.id, "a resumed upload has another id"));
    TRY(put(*resumed, {pieces[1], pieces[2]}));
    TRY(resumed->finish(finish_of(text, pieces.size())));
    TRY(bench.expect_holds(bench.at("f"), text));
    return expect_refused(bench.store().open_upload(request), Code::not_found,
                          "resuming an upload that is over");
}

Status finish_decides_the_size(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    const auto pieces = pieces_of(text, piece_size(bench.can()));
    // Longer and shorter than was announced.
    for (const std::uint64_t announced : {std::uint64_t{text.size() + 5000}, std::uint64_t{100}}) {
        const std::string name = bench.at("f" + std::to_string(announced));
        auto upload = TRY(bench.open_upload(name, announced));
        TRY(put(*upload, pieces));
        const Object made = TRY(upload->finish(finish_of(text, pieces.size())));
        TRY(expect(made.size == text.size(), "the object has another size than finish() was given"));
        TRY(bench.expect_holds(name, text));
    }
    return {};
}

Status finish_honours_create_only(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    const auto pieces = pieces_of(text, piece_size(bench.can()));
    auto upload = TRY(bench.open_upload(bench.at("f"), text.size(), kCreateOnly));
    TRY(put(*upload, pieces));
    TRY(bench.write(bench.at("f"), "came first"));
    TRY(expect_refused(upload->finish(finish_of(text, pieces.size())), Code::exists,
                       "finishing where something is"));
    TRY(bench.expect_holds(bench.at("f"), "came first"));
    TRY(upload->abort());
    TRY(bench.expect_files("f"));
    auto second = TRY(bench.open_upload(bench.at("g"), text.size(), kCreateOnly));
    TRY(put(*second, pieces));
    TRY(second->finish(finish_of(text, pieces.size())));
    return bench.expect_holds(bench.at("g"), text);
}

Status aborted_uploads_are_gone(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    UploadRequest request;
    request.name = bench.at("f");
    request.size = text.size();
    auto upload = TRY(bench.store().open_upload(request));
    TRY(put(*upload, pieces_of(text, piece_size(bench.can()))));
    request.id = upload->id();
    TRY(upload->abort());
    TRY(upload->abort());
    TRY(bench.expect_absent(bench.at("f")));
    TRY(bench.expect_files(""));
    TRY(expect_refused(bench.store().open_upload(request), Code::not_found, "resuming an aborted upload"));
    const auto pending = TRY(bench.store().uploads_of(request.name));
    return expect(pending.empty(), "the aborted upload is still listed");
}

Status pieces_are_listed(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    const auto pieces = pieces_of(text, piece_size(bench.can()));
    auto upload = TRY(bench.open_upload(bench.at("f"), text.size()));
    TRY(put(*upload, {pieces[2], pieces[0]}));
    auto received = TRY(upload->received());
    std::ranges::sort(received, std::ranges::less(), &Received::number);
    TRY(expect(received.size() == 2 && received[0].number == 1 && received[1].number == 3,
               "the list has other pieces than were sent"));
    TRY(expect(received[0].size == pieces[0].bytes.size(), "a piece is listed with another size"));
    TRY(expect(!received[0].crc32 || received[0].crc32 == pieces[0].crc32,
               "a piece is listed with another checksum"));
    const auto pending = TRY(bench.store().uploads_of(bench.at("f")));
    TRY(expect(pending.size() == 1 && pending[0].id == upload->id(),
               "the upload is not listed under its object"));
    return upload->abort();
}

Status wrong_checksums_are_refused(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    const auto pieces = pieces_of(text, piece_size(bench.can()));
    auto upload = TRY(bench.open_upload(bench.at("f"), text.size()));
    auto damaged = pieces;
    damaged[1].crc32 ^= 1U;
    upload->put_many(damaged, {});
    TRY(expect_refused(damaged[1].result, Code::corrupt, "a piece with a wrong checksum"));
    TRY(put(*upload, pieces));
    Upload::Finish finish = finish_of(text, pieces.size());
    *finish.crc32 ^= 1U;
    TRY(expect_refused(upload->finish(finish), Code::corrupt, "finishing with a wrong checksum"));
    TRY(bench.expect_absent(bench.at("f")));
    TRY(upload->finish(finish_of(text, pieces.size())));
    return bench.expect_holds(bench.at("f"), text);
}

Status ranges_are_copied(Bench& bench) {
    const std::string text = three_pieces(bench.can());
    TRY(bench.write(bench.at("source"), text));
    const Object source = TRY(bench.store().stat({.name = bench.at("source")})).object;
    const std::string address = bench.can().address + "/" + bench.at("source");
    const std::uint64_t first = piece_size(bench.can());
    auto upload = TRY(bench.open_upload(bench.at("copy"), text.size()));
    TRY(upload->copy(1, address, 0, first, source.version));
    TRY(upload->copy(2, address, first, text.size() - first, source.version));
    TRY(upload->finish(finish_of(text, 2)));
    TRY(bench.expect_holds(bench.at("copy"), text));
    TRY(bench.write(bench.at("source"), "another"));
    auto stale = TRY(bench.open_upload(bench.at("stale"), 3));
    TRY(expect_refused(stale->copy(1, address, 0, 3, source.version), Code::changed,
                       "copying a version that is gone"));
    return stale->abort();
}

}  // namespace haul::store::conformance
