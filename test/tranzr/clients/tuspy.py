"""python3 tuspy.py URL FILE OPTIONS: sends the file by tuspy, and prints a line for each of its requests.

OPTIONS is JSON: chunk_size, checksum, remember (a file that keeps addresses from one run to the next), stop_at (leave after so many bytes), asyncio, metadata.
"""
import asyncio
import json
import sys

from tusclient import client
from tusclient.storage import filestorage


def main(url, path, options):
    storage = filestorage.FileStorage(options["remember"]) if "remember" in options else None
    arguments = {
        "file_path": path,
        "chunk_size": options.get("chunk_size", sys.maxsize),
        "metadata": options.get("metadata", {}),
        "upload_checksum": options.get("checksum", False),
        "store_url": storage is not None,
        "url_storage": storage,
        "retries": options.get("retries", 0),
        "retry_delay": 0.2,
    }
    tus = client.TusClient(url, headers=options.get("headers", {}))
    if options.get("asyncio"):
        uploader = tus.async_uploader(**arguments)
    else:
        uploader = tus.uploader(**arguments)
    if uploader.offset:
        print("goes on at", uploader.offset, flush=True)
    while uploader.offset < options.get("stop_at", uploader.get_file_size()):
        if options.get("asyncio"):
            asyncio.run(uploader.upload_chunk())
        else:
            uploader.upload_chunk()
        print("sent", uploader.request.status_code, uploader.offset, flush=True)
    print("done", uploader.url, flush=True)


main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
