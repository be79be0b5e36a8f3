"""Downloads: the file arrives whole or not at all; each fault gets one sentence."""

import errno
import hashlib
import os
import socket
import stat
import threading
import time

from course_utils.datasets import catalogue, download
from course_utils.datasets.download import RemoteFile, WrongFileError, fetch

import pytest

BODY = bytes(range(256)) * 3000  # 768,000 bytes: more than one chunk


def remote(*urls, body=BODY):
    return RemoteFile(urls, len(body), hashlib.sha256(body).hexdigest())


def one_sentence(error):
    text = str(error.value)
    assert text.endswith(".") and "\n" not in text and ". " not in text
    return text


@pytest.fixture
def folder(tmp_path):
    """A folder that must not hold anything half-done when the test is over."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "mine.txt").write_text("kept")
    yield folder
    left = {path.name for path in folder.iterdir()} - {"mine.txt", "data.bin", ".data.bin.part"}
    assert not left
    assert (folder / "mine.txt").read_text() == "kept"


@pytest.fixture(autouse=True)
def all_is_forgotten(monkeypatch):
    """Know nothing of hosts that were silent before."""
    monkeypatch.setattr(download, "_silent", {})


@pytest.fixture
def dead_url():
    """An address on this machine at which nobody listens."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound, never listening: connections are refused
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}/data.bin"


# ---- What arrives -------------------------------------------------------------------------------


def test_the_whole_file_arrives(server, folder):
    server.answers["/data.bin"] = BODY
    path = fetch(remote(server.url("/data.bin")), folder)
    assert path == folder / "data.bin"
    assert path.read_bytes() == BODY


def test_a_missing_folder_is_made(server, tmp_path):
    server.answers["/data.bin"] = BODY
    path = fetch(remote(server.url("/data.bin")), tmp_path / "a" / "b")
    assert path.read_bytes() == BODY


def test_a_file_that_is_there_is_not_asked_for_again(server, folder):
    (folder / "data.bin").write_bytes(BODY)
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY
    assert server.asked == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_others_may_read_a_download_as_any_new_file(server, folder):
    server.answers["/data.bin"] = BODY
    path = fetch(remote(server.url("/data.bin")), folder)
    modes = [stat.S_IMODE(file.stat().st_mode) for file in (path, folder / "mine.txt")]
    assert modes[0] == modes[1]


def test_a_proxy_is_asked_where_one_is_set(server, folder, monkeypatch):
    server.answers["/data.bin"] = BODY
    monkeypatch.setenv("http_proxy", server.url(""))
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    assert fetch(remote("http://host.invalid/data.bin"), folder).read_bytes() == BODY
    assert server.asked == ["http://host.invalid/data.bin"]


# ---- What is wrong with what arrives ------------------------------------------------------------


@pytest.mark.fault("a file of another size")
def test_wrong_size(server, folder):
    server.answers["/data.bin"] = BODY[:-1]
    with pytest.raises(WrongFileError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "767,999 bytes instead of 768,000" in one_sentence(error)


@pytest.mark.fault("a file of another hash")
def test_wrong_sha256_with_the_right_size(server, folder):
    server.answers["/data.bin"] = BODY[:-1] + b"?"
    with pytest.raises(WrongFileError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "SHA-256" in one_sentence(error)


@pytest.mark.fault("a page to sign in, in place of the file")
def test_a_web_page_instead_of_the_file(server, folder):
    server.answers["/data.bin"] = b"<html>Please log in to the network of the hotel.</html>"
    with pytest.raises(WrongFileError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "55 bytes instead of 768,000" in one_sentence(error)


@pytest.mark.fault("an endless body")
def test_an_endless_answer_is_not_read_to_its_end(server, folder):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(bytes(1 << 16))
        except OSError:
            pass  # the reader has hung up

    server.answers["/data.bin"] = endless
    with pytest.raises(WrongFileError):
        fetch(remote(server.url("/data.bin")), folder)


@pytest.mark.fault("a body that is cut short")
def test_connection_cut_half_way(server, folder):
    server.answers["/data.bin"] = lambda handler: handler.send_body(BODY[:400_000], len(BODY))
    with pytest.raises(WrongFileError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "400,000 bytes instead of 768,000" in one_sentence(error)


@pytest.mark.fault("a body in chunks that is cut short")
def test_connection_cut_in_a_chunked_answer(server, folder):
    def cut(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"1000\r\n" + BODY[:100])

    server.answers["/data.bin"] = cut
    with pytest.raises(ConnectionError, match="broke off"):
        fetch(remote(server.url("/data.bin")), folder)


@pytest.mark.fault("an answer that is no HTTP")
def test_an_answer_that_is_not_http(server, folder):
    server.answers["/data.bin"] = lambda handler: handler.wfile.write(b"220 ftp ready\r\n\r\n")
    with pytest.raises(ConnectionError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "broke off" in one_sentence(error)


def test_file_not_found_on_the_server(server, folder):
    with pytest.raises(ConnectionError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "HTTP status 404" in one_sentence(error)


# ---- Several addresses --------------------------------------------------------------------------


@pytest.mark.fault("a dead host with a mirror")
def test_first_address_dead_and_the_mirror_works(server, folder, dead_url):
    server.answers["/data.bin"] = BODY
    assert fetch(remote(dead_url, server.url("/data.bin")), folder).read_bytes() == BODY


def test_first_address_has_no_such_file_and_the_mirror_works(server, folder):
    server.answers["/there/data.bin"] = BODY
    file = remote(server.url("/data.bin"), server.url("/there/data.bin"))
    assert fetch(file, folder).read_bytes() == BODY


def test_wrong_file_at_the_first_and_right_at_the_second(server, folder):
    server.answers |= {"/data.bin": b"another", "/there/data.bin": BODY}
    file = remote(server.url("/data.bin"), server.url("/there/data.bin"))
    assert fetch(file, folder).read_bytes() == BODY


def test_the_first_good_address_is_the_only_one_read(server, folder):
    server.answers |= {"/data.bin": BODY, "/there/data.bin": BODY}
    fetch(remote(server.url("/data.bin"), server.url("/there/data.bin")), folder)
    assert server.asked == ["/data.bin"]


def test_a_wrong_file_is_reported_rather_than_a_dead_mirror(server, folder, dead_url):
    server.answers["/data.bin"] = b"another"
    with pytest.raises(WrongFileError):
        fetch(remote(dead_url, server.url("/data.bin")), folder)


def test_every_file_of_the_catalogue_has_one_name_and_a_whole_hash():
    for _, files in catalogue.ARRAY_FILES.values():
        for file in files:
            assert {url.rsplit("/", 1)[1] for url in file.urls} == {file.name}
            assert len(file.sha256) == 64 and int(file.sha256, 16) and file.size > 0


def test_mirrors_keep_the_name_of_the_file():
    for start, others in catalogue.MIRRORS.items():
        assert catalogue.addresses(start + "a.gz") == [
            start + "a.gz",
            *(o + "a.gz" for o in others),
        ]
    assert catalogue.addresses("https://host.invalid/a.gz") == ["https://host.invalid/a.gz"]


# ---- What is there already ----------------------------------------------------------------------


@pytest.mark.fault("a damaged file that is there already")
def test_a_damaged_file_that_is_there_is_named_and_kept(server, folder):
    (folder / "data.bin").write_bytes(b"damaged")
    server.answers["/data.bin"] = BODY
    with pytest.raises(WrongFileError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert str(folder / "data.bin") in one_sentence(error)
    assert (folder / "data.bin").read_bytes() == b"damaged"


def test_a_failed_download_leaves_the_other_files_alone(server, folder):
    (folder / "data.bin").write_bytes(BODY)
    other = RemoteFile([server.url("/other.bin")], 3, "0" * 64)
    with pytest.raises(ConnectionError):
        fetch(other, folder)
    assert (folder / "data.bin").read_bytes() == BODY


@pytest.mark.fault("Ctrl-C in a download")
def test_an_interrupt_leaves_no_half_file(server, folder, monkeypatch):
    server.answers["/data.bin"] = BODY

    def stop(self, done, text):
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr(download.Progress, "update", stop)
    with pytest.raises(KeyboardInterrupt):
        fetch(remote(server.url("/data.bin")), folder)
    assert not (folder / "data.bin").exists()


# ---- The disk -----------------------------------------------------------------------------------


class Refusing:
    """A file whose `write` fails after the first chunk, as on a full disk."""

    def __init__(self, file, number):
        self._file, self._number, self.name = file, number, file.name

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self._file.close()

    def write(self, chunk):
        if self._file.tell():
            raise OSError(self._number, os.strerror(self._number))
        return self._file.write(chunk)


def refuse_after_the_first_chunk(monkeypatch, number):
    def opened(path, mode):
        return Refusing(open(path, mode), number)

    monkeypatch.setattr(download, "open", opened, raising=False)


@pytest.mark.fault("a full disk in a download")
def test_disk_full_half_way(server, folder, monkeypatch):
    server.answers |= {"/data.bin": BODY, "/there/data.bin": BODY}
    refuse_after_the_first_chunk(monkeypatch, errno.ENOSPC)
    with pytest.raises(OSError, match="disk is full") as error:
        fetch(remote(server.url("/data.bin"), server.url("/there/data.bin")), folder)
    text = one_sentence(error)
    assert str(folder) in text and "COURSE_DATA_DIR" in text
    assert error.value.errno == errno.ENOSPC
    assert server.asked == ["/data.bin"]  # another address would not help


def test_disk_full_for_a_file_of_unknown_size(server, folder, monkeypatch):
    server.answers["/data.bin"] = BODY
    refuse_after_the_first_chunk(monkeypatch, errno.ENOSPC)
    with pytest.raises(OSError, match="data.bin does not fit in") as error:
        fetch(download.RemoteFile([server.url("/data.bin")]), folder)
    one_sentence(error)


@pytest.mark.fault("a folder that cannot be made")
def test_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("")
    server.answers["/data.bin"] = BODY
    with pytest.raises(PermissionError) as error:
        fetch(remote(server.url("/data.bin")), tmp_path / "file" / "folder")
    text = one_sentence(error)
    assert str(tmp_path / "file" / "folder") in text and "COURSE_DATA_DIR" in text


def test_folder_that_refuses_a_new_file(server, folder, monkeypatch):
    server.answers["/data.bin"] = BODY

    def refuse(path, mode="r"):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PermissionError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    monkeypatch.undo()
    assert str(folder) in one_sentence(error)


# ---- No network ---------------------------------------------------------------------------------

URLS = [f"https://host{number}.invalid/data.bin" for number in range(3)]


@pytest.mark.fault("no network")
def test_no_network_names_the_hosts(folder, monkeypatch):
    def refuse(*args, **kwargs):
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ConnectionError) as error:
        fetch(remote(*URLS), folder)
    assert "host0.invalid, host1.invalid, host2.invalid" in str(error.value)
    assert one_sentence(error).startswith("No network")


@pytest.mark.fault("a network that swallows packets")
def test_a_network_that_swallows_packets_holds_nobody_up(folder, monkeypatch):
    """Fifty hosts that never answer cost one wait, not fifty, however long they block."""
    urls = [f"https://host{number}.invalid/data.bin" for number in range(50)]
    release = threading.Event()
    still_blocked = []

    def block(*args, **kwargs):
        still_blocked.append(None)
        release.wait(60)
        still_blocked.pop()
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", block)
    monkeypatch.setitem(download.SECONDS_TO_ANSWER, "standin", 0.2)
    started = time.monotonic()
    with pytest.raises(ConnectionError, match="No network"):
        fetch(remote(*urls), folder)
    waited = time.monotonic() - started
    assert len(still_blocked) == 50  # fetch came back before any of them did
    assert waited < 5  # one after the other they would take ten seconds
    assert all(download._silent[f"host{number}.invalid"] > started for number in range(50))
    release.set()


def test_who_was_silent_a_minute_ago_is_given_less_time_unless_nothing_else_will_do(
    folder, monkeypatch
):
    patience, release = [], threading.Event()

    def connect(address, timeout):
        patience.append(timeout)
        release.wait(60)
        raise TimeoutError

    monkeypatch.setattr(download, "connect", connect)
    monkeypatch.setattr(download, "SECONDS_TO_ANSWER", {"auto": 0.1, "real": 0.2})
    monkeypatch.setattr(download, "SECONDS_FOR_THE_SILENT", 0.01)
    for policy in ("auto", "auto", "real"):
        monkeypatch.setenv("COURSE_DATA", policy)
        with pytest.raises(ConnectionError, match="No network"):
            fetch(remote(URLS[0]), folder)
    release.set()
    assert patience == [0.1, 0.01, 0.2]


def test_a_host_that_answers_is_used_though_another_blocks(server, folder, monkeypatch):
    release = threading.Event()
    look_up = socket.getaddrinfo

    def block_first(host, *args, **kwargs):
        if host == "host0.invalid":
            release.wait(60)
            raise TimeoutError
        return look_up(host, *args, **kwargs)

    server.answers["/data.bin"] = BODY
    monkeypatch.setattr(download, "SECONDS_FOR_THE_SILENT", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", block_first)
    path = fetch(remote(URLS[0], server.url("/data.bin")), folder)
    release.set()
    assert path.read_bytes() == BODY


# ---- Networks that are merely bad ---------------------------------------------------------------


@pytest.mark.fault("a name server that takes two seconds")
def test_a_slow_name_server_is_waited_for(server, folder, monkeypatch):
    """Some take two seconds, over a telephone or a private network; here a twentieth of one."""
    assert min(download.SECONDS_TO_ANSWER.values()) > 3
    asked, look_up = threading.Event(), socket.getaddrinfo

    def slow(*args, **kwargs):
        asked.wait(0.05)
        return look_up(*args, **kwargs)

    server.answers["/data.bin"] = BODY
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY


@pytest.mark.fault("a first address that is dead (IPv6)")
def test_the_first_address_of_a_host_is_dead(server, folder, monkeypatch):
    """As with IPv6 where the network has no way for it: the first address is silent."""
    release, connect, tried = threading.Event(), socket.create_connection, []

    def places(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (h, port)) for h in ("dead", host)]

    def connect_one(address, *args, **kwargs):
        tried.append(address[0])
        if address[0] == "dead":
            release.wait(60)
            raise TimeoutError
        return connect(address, *args, **kwargs)

    server.answers["/data.bin"] = BODY
    monkeypatch.setattr(download, "SECONDS_BETWEEN_ADDRESSES", 0.01)
    monkeypatch.setattr(socket, "getaddrinfo", places)
    monkeypatch.setattr(socket, "create_connection", connect_one)
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY
    release.set()
    assert tried == ["dead", "127.0.0.1"] * 2  # knocked, then fetched


def in_turn(*answers):
    """Return what answers the first request by the first of these, and so on."""
    waiting = list(answers)

    def answer(handler):
        waiting.pop(0)(handler)

    return answer


def send_all(handler):
    handler.send_body(BODY, len(BODY))


def hang_up(handler):
    handler.close_connection = True


@pytest.mark.fault("429, 500 or 503 once")
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_host_that_is_busy_once_is_asked_again(server, folder, status):
    server.answers["/data.bin"] = in_turn(lambda handler: handler.send_error(status), send_all)
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY


@pytest.mark.fault("a connection that is reset once")
def test_a_connection_that_is_reset_once_is_made_again(server, folder):
    server.answers["/data.bin"] = in_turn(hang_up, hang_up, send_all)
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY


@pytest.mark.fault("503 for ever")
def test_a_host_that_stays_busy_is_given_up_in_a_sentence(server, folder):
    server.answers["/data.bin"] = lambda handler: handler.send_error(503)
    with pytest.raises(ConnectionError) as error:
        fetch(remote(server.url("/data.bin")), folder)
    assert "HTTP status 503" in one_sentence(error) and len(server.asked) == len(download.PAUSES)


def test_what_does_not_pass_is_not_asked_for_again(server, folder):
    server.answers["/data.bin"] = lambda handler: handler.send_error(403)
    with pytest.raises(ConnectionError, match="HTTP status 403"):
        fetch(remote(server.url("/data.bin")), folder)
    assert len(server.asked) == 1


def trickle(handler, then):
    """Send a byte now and then, until the reader hangs up."""
    try:
        while not then.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()
    except OSError:
        pass


@pytest.mark.fault("one byte a second, in head or body")
@pytest.mark.parametrize("place", ["head", "body"])
def test_one_byte_now_and_then_is_given_up(server, folder, monkeypatch, place):
    end = threading.Event()

    def answer(handler):
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
        if place == "body":
            handler.wfile.write(b"no\r\nContent-Length: 768000\r\n\r\n")
        trickle(handler, end)

    server.answers["/data.bin"] = answer
    monkeypatch.setattr(download, "SECONDS_OF_SILENCE", 0.3)
    monkeypatch.setitem(download.SECONDS_TO_BEGIN, "standin", 0.3)
    with pytest.raises(ConnectionError, match="broke off") as error:
        fetch(remote(server.url("/data.bin")), folder)
    end.set()
    assert "seconds" in one_sentence(error) and len(server.asked) == 1


# ---- Going on where a connection broke off ------------------------------------------------------


def ranges(handler, body=BODY, stop=None):
    """Answer as a host that can send a file from any byte on; `stop`: where it breaks off."""
    wanted = handler.headers.get("Range")
    start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
    handler.server.asked.append(start)  # before the last byte is out, and the test goes on
    handler.send_response(206 if wanted else 200)
    handler.send_header("Content-Length", str(len(body) - start))
    handler.end_headers()
    handler.wfile.write(body[start:stop])


@pytest.mark.fault("a connection that breaks half-way")
def test_a_broken_download_goes_on_where_it_was(server, folder):
    server.answers["/data.bin"] = in_turn(lambda handler: ranges(handler, stop=400_000), ranges)
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY
    assert server.asked[1::2] == [0, 400_000]
    assert not (folder / ".data.bin.part").exists()


@pytest.mark.fault("a download of a process that was killed")
def test_after_a_kill_the_next_process_goes_on(server, folder):
    (folder / ".data.bin.part").write_bytes(BODY[:300_000])
    server.answers["/data.bin"] = ranges
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY
    assert server.asked[1] == 300_000


@pytest.mark.fault("a host that cannot go on half-way")
def test_a_host_that_cannot_go_on_sends_the_whole(server, folder):
    (folder / ".data.bin.part").write_bytes(BODY[:300_000])
    server.answers["/data.bin"] = BODY
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY


@pytest.mark.fault("a partial file of something else")
@pytest.mark.parametrize("there", [b"the beginning of another file", BODY + b"too much"])
def test_the_beginning_of_another_file_is_not_used(server, folder, there):
    (folder / ".data.bin.part").write_bytes(there)
    server.answers["/data.bin"] = ranges
    assert fetch(remote(server.url("/data.bin")), folder).read_bytes() == BODY


def test_without_a_hash_two_parts_are_not_joined(server, folder):
    (folder / ".data.bin.part").write_bytes(BODY[:300_000])
    server.answers["/data.bin"] = ranges
    fetch(RemoteFile([server.url("/data.bin")]), folder)
    assert server.asked[1] == 0


def test_a_full_disk_gets_the_space_of_the_part_back(server, folder, monkeypatch):
    server.answers["/data.bin"] = BODY
    refuse_after_the_first_chunk(monkeypatch, errno.ENOSPC)
    with pytest.raises(OSError, match="disk is full"):
        fetch(remote(server.url("/data.bin")), folder)
    assert not (folder / ".data.bin.part").exists()


# ---- Proxies ------------------------------------------------------------------------------------


def set_proxy(monkeypatch, value):
    monkeypatch.setenv("http_proxy", value)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")


@pytest.mark.fault("a proxy that is dead")
def test_a_dead_proxy_is_named_and_not_the_host(folder, monkeypatch, dead_url):
    set_proxy(monkeypatch, dead_url.removesuffix("/data.bin"))
    with pytest.raises(ConnectionError) as error:
        fetch(remote("http://host.invalid/data.bin"), folder)
    assert "the proxy http://127.0.0.1" in one_sentence(error) and "host" not in str(error.value)


@pytest.mark.fault("a password in a proxy's address")
def test_a_password_for_a_proxy_is_not_shown(folder, monkeypatch, dead_url):
    proxy = dead_url.removesuffix("/data.bin")
    for value in (proxy.replace("//", "//me:secret@"), "socks5://me:secret@127.0.0.1:9"):
        set_proxy(monkeypatch, value)
        with pytest.raises(ConnectionError) as error:
            fetch(remote("http://host.invalid/data.bin"), folder)
        assert "127.0.0.1" in str(error.value) and "secret" not in str(error.value)


@pytest.mark.fault("a proxy whose address is nonsense, or SOCKS")
@pytest.mark.parametrize("value", ["http://proxy:port", "http://[::1", "socks5://127.0.0.1:9"])
def test_a_proxy_that_is_none_is_named(folder, monkeypatch, value):
    set_proxy(monkeypatch, value)
    with pytest.raises(ConnectionError) as error:
        fetch(remote("http://host.invalid/data.bin"), folder)
    assert value in one_sentence(error) and "http_proxy" in str(error.value)


@pytest.mark.fault("a proxy that wants a password")
def test_a_proxy_that_wants_a_password_is_named(server, folder, monkeypatch):
    set_proxy(monkeypatch, server.url(""))
    server.answers["/data.bin"] = lambda handler: handler.send_error(407)
    with pytest.raises(ConnectionError, match="at the proxy http://127.0.0.1.* 407") as error:
        fetch(remote("http://host.invalid/data.bin"), folder)
    one_sentence(error)
