"""A bucket on this machine that speaks enough of S3 for the artifact proxy: files, listings, uploads in parts."""

import hashlib
import http.server
import re
import threading
import urllib.parse
from xml.sax.saxutils import escape

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class Bucket:
    """Holds what it is sent in memory, and remembers each request's method, key and query."""

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        handler = type("Handler", (_Handler,), {"bucket": self})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What a server needs to know to use it."""
        return CREDENTIALS | {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.server_port}",
            "AWS_ALLOW_HTTP": "true",
        }

    def asked(self, method: str, *fields: str) -> list[dict[str, str]]:
        """The queries of requests with a method and these fields in their query."""
        return [query for asked, _, query in self.requests if asked == method and query.keys() >= set(fields)]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def _request(self) -> tuple[str, dict[str, str]]:
        target = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(target.query, keep_blank_values=True))
        key = urllib.parse.unquote(target.path).lstrip("/").partition("/")[2]
        self.bucket.requests.append((self.command, key, query))
        return key, query

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self):
        (key, query), body = self._request(), self._body()
        if "uploadId" in query:
            upload = self.bucket.uploads.get(query["uploadId"])
            if upload is None:
                return self._answer(404, b"<Error><Code>NoSuchUpload</Code></Error>")
            upload[int(query["partNumber"])] = body
        else:
            self.bucket.files[key] = body
        return self._answer(200, ETag=etag(body))

    def do_POST(self):
        (key, query), body = self._request(), self._body()
        if "uploads" in query:
            upload_id = f"upload-{len(self.bucket.uploads)}"
            self.bucket.uploads[upload_id] = {}
            made = f"<InitiateMultipartUploadResult><UploadId>{upload_id}</UploadId></InitiateMultipartUploadResult>"
            return self._answer(200, made.encode())
        parts = self.bucket.uploads.pop(query["uploadId"], None)
        if parts is None:
            return self._answer(404, b"<Error><Code>NoSuchUpload</Code></Error>")
        numbers = [int(number) for number in re.findall(r"<PartNumber>(\d+)</PartNumber>", body.decode())]
        self.bucket.files[key] = whole = b"".join(parts[number] for number in numbers)
        made = f"<CompleteMultipartUploadResult><ETag>{escape(etag(whole))}</ETag></CompleteMultipartUploadResult>"
        return self._answer(200, made.encode())

    def do_DELETE(self):
        key, query = self._request()
        if "uploadId" in query:
            found = self.bucket.uploads.pop(query["uploadId"], None)
        else:
            found = self.bucket.files.pop(key, None)
        self._answer(404 if found is None else 204)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        key, query = self._request()
        if not key:
            return self._list(query.get("prefix", ""))
        if key not in self.bucket.files:
            return self._answer(404)
        body, status, headers = self.bucket.files[key], 200, {}
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
            first, last = int(asked[1]), min(int(asked[2] or len(body) - 1), len(body) - 1)
            headers["Content_Range"] = f"bytes {first}-{last}/{len(body)}"
            status, body = 206, body[first : last + 1]
        modified = self.date_time_string(0)
        return self._answer(status, body, ETag=etag(self.bucket.files[key]), Last_Modified=modified, **headers)

    def _list(self, prefix: str) -> None:
        entries, folders = [], set()
        for key, body in sorted(self.bucket.files.items()):
            if not key.startswith(prefix):
                continue
            name, slash, _ = key.removeprefix(prefix).partition("/")
            if slash:
                folders.add(f"{prefix}{name}/")
            else:
                entries.append(
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><ETag>{escape(etag(body))}</ETag>"
                    "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                )
        entries += [f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in sorted(folders)]
        found = f'<ListBucketResult xmlns="{NAMESPACE}">{"".join(entries)}</ListBucketResult>'
        self._answer(200, found.encode())

    def log_message(self, *_):
        """Says nothing."""


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
