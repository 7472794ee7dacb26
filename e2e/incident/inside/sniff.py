"""Where the console stands: counts frames of one machine on its port of the bridge, by kind, until it is told to end. `sniff.py PORT MAC CONSOLE`."""
import json, select, signal, socket, struct, sys

port, mac, console = sys.argv[1], bytes.fromhex(sys.argv[2].replace(":", "")), socket.inet_aton(sys.argv[3])
one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
one.setsockopt(socket.SOL_SOCKET, 33, 128 * 1024 * 1024)
one.bind((port, 0))
counts, ended = {}, []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
print("ready", flush=True)


def near(to):
    """Whether neighbour discovery goes to where it has to: an address of a link, all nodes, the solicited node, or the console."""
    one = to[0] == 0xFE and to[1] & 0xC0 == 0x80
    many = to[:2] == b"\xff\x02" and (to[2:] == bytes(13) + b"\x01" or to[2:13] == bytes(9) + b"\x01\xff")
    return one or many or to == socket.inet_pton(socket.AF_INET6, "fd77::1")


def kind_of(frame):
    kind = struct.unpack(">H", frame[12:14])[0]
    if kind == 0x0806:
        return "arp"
    if kind == 0x0800 and frame[23] == 6:
        ports = struct.unpack(">HH", frame[34:38])
        return "ssh" if ports[0] == 22 and frame[30:34] == console else "tcp4"
    if kind == 0x0800:
        return "udp4" if frame[23] == 17 else "ipv4"
    if kind == 0x86DD:
        if frame[20] == 58 and frame[54] in (135, 136):
            counts["neighbour-longest"] = max(counts.get("neighbour-longest", 0), len(frame))
            if not near(frame[38:54]):
                counts["neighbour-far"] = counts.get("neighbour-far", 0) + 1
            return "neighbour"
        return {6: "tcp6", 17: "udp6"}.get(frame[20], f"ipv6-{frame[20]}")
    return f"0x{kind:04x}"


while True:
    ready, _, _ = select.select([one], [], [], 0.1)
    if not ready:
        if ended:
            break
        continue
    frame = one.recv(65536)
    if frame[6:12] != mac:
        continue
    name = kind_of(frame)
    counts[name] = counts.get(name, 0) + 1
print(json.dumps(counts), flush=True)
