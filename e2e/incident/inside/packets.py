"""Inside a test node: sends packets of every kind, and says how many it sent. `packets.py COUNT PEER4 PEER6 PEERMAC`."""
import os, socket, struct, sys

count, peer4, peer6, mac = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
name = "eth0"
index = socket.if_nametoindex(name)
with open(f"/sys/class/net/{name}/address") as file:
    own = bytes.fromhex(file.read().strip().replace(":", ""))
to = bytes.fromhex(mac.replace(":", ""))
sent = {}


def tried(kind, send):
    sent[kind] = 0
    for number in range(count):
        try:
            send(number)
        except OSError:
            pass
        sent[kind] += 1


def tcp(family, address):
    def send(number):
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.setblocking(False)
            one.connect_ex((address, 1024 + number % 60000))
    return send


def udp(family, address, port):
    one = socket.socket(family, socket.SOCK_DGRAM)
    if address.startswith("ff"):
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    place = (address, port, 0, index) if family == socket.AF_INET6 else (address, port)
    return lambda number: one.sendto(b"leak", place)


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4_packet():
    body = struct.pack(">HHHH", 4000, 4001, 12, 0) + b"leak"
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 7, 0, 64, 17, 0, socket.inet_aton("10.77.0.11"), socket.inet_aton(peer4))
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + body


def ipv6_packet():
    body = struct.pack(">HHHH", 4000, 4001, 12, 1) + b"leak"
    return struct.pack(">IHBB", 6 << 28, len(body), 17, 64) + socket.inet_pton(socket.AF_INET6, "fd77::11") + socket.inet_pton(socket.AF_INET6, peer6) + body


def frame(kind, packet, tag=b""):
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    one.bind((name, 0))
    data = to + own + tag + struct.pack(">H", kind) + packet
    return lambda number: one.send(data)


tried("tcp4", tcp(socket.AF_INET, peer4))
tried("tcp6", tcp(socket.AF_INET6, peer6))
tried("udp4", udp(socket.AF_INET, peer4, 9))
tried("udp6", udp(socket.AF_INET6, peer6, 9))
tried("dns", udp(socket.AF_INET, peer4, 53))
tried("mdns4", udp(socket.AF_INET, "224.0.0.251", 5353))
tried("mdns6", udp(socket.AF_INET6, "ff02::fb", 5353))
tried("raw4", frame(0x0800, ipv4_packet()))
tried("raw6", frame(0x86DD, ipv6_packet()))
tried("vlan", frame(0x0800, ipv4_packet(), struct.pack(">HH", 0x8100, 7)))
tried("strange", frame(0x88B5, b"leak" * 12))
print(sum(sent.values()))
