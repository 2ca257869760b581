import redis

from config.local.folder import DataFolder
from config.local.valkey import ValkeyServer


def test_a_restarted_broker_is_empty(folder: DataFolder) -> None:
    server = ValkeyServer(sockets=folder.sockets, locks=folder.locks, logs=folder.logs)
    client = redis.Redis(unix_socket_path=str(server.socket))
    try:
        server.start()
        client.set("wake-up", "1")
        server.stop()
        server.start()
        assert client.keys() == []
    finally:
        client.close()
        server.stop()
    assert server.url == f"redis+socket://{server.socket}"
