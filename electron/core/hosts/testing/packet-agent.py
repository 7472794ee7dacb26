"""Sends and sees real packets for the tests of the firewall model.

Started as root in the namespace of a host under test; argv: path of the peer's namespace, then the names of the interfaces
that both have. Reads one JSON command per line from standard input, answers each with one line. Ends with its input.

A packet is told from all others by its time to live: 66 + 2 * its number in the batch (forwarding takes one away). What the
kernel sends by itself has 64 or 255.
"""
import ctypes
import errno
import json
import os
import select
import socket
import struct
import subprocess
import sys

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
PACKET_OUTGOING = 4
ETH = {4: 0x0800, 6: 0x86DD}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
PROTOCOLS = [TCP, UDP, 47, 50, 89]


def enter(path):
    with open(path) as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def raw_receivers():
    """Raw sockets see a packet behind the input hook (raw_local_deliver)."""
    receivers = []
    for protocol in PROTOCOLS + [ICMP]:
        receivers.append((4, socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)))
    for protocol in PROTOCOLS + [ICMP6]:
        receiver = socket.socket(socket.AF_INET6, socket.SOCK_RAW, protocol)
        receiver.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        receivers.append((6, receiver))
    for _, receiver in receivers:
        receiver.setblocking(False)
    return receivers


def join_groups(interfaces):
    """Without a member the host does not take a multicast packet at all."""
    member4 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    member6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for interface in interfaces:
        index = socket.if_nametoindex(interface)
        member4.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4si", socket.inet_aton("224.0.0.251"), b"\0\0\0\0", index))
        member6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff02::fb") + struct.pack("=i", index))
    return [member4, member6]


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def transport(packet):
    """The bytes behind the IP header, with a right checksum: connection tracking looks at it."""
    protocol, version = packet["protocol"], packet["version"]
    source = socket.inet_pton(FAMILY[version], packet["saddr"])
    target = socket.inet_pton(FAMILY[version], packet["daddr"])
    ports = (packet.get("sport", 0), packet.get("dport", 0))
    if protocol == UDP:
        data = struct.pack("!HHHH", *ports, 12, 0) + b"test"
        at = 6
    elif protocol == TCP:
        data = struct.pack("!HHIIBBHHH", *ports, 1, 0, 5 << 4, 2, 1024, 0, 0)
        at = 16
    elif protocol in (ICMP, ICMP6):
        data = struct.pack("!BBHHH", packet["icmpType"], packet["icmpCode"], 0, 7, 1) + b"\0" * 56
        at = 2
    else:
        return b"\0" * 16
    pseudo = b""
    if protocol != ICMP:
        if version == 4:
            pseudo = source + target + struct.pack("!BBH", 0, protocol, len(data))
        else:
            pseudo = source + target + struct.pack("!II", len(data), protocol)
    value = checksum(pseudo + data)
    if protocol == UDP and value == 0:
        value = 0xFFFF
    return data[:at] + struct.pack("!H", value) + data[at + 2 :]


def ip_packet(packet):
    data = transport(packet)
    source = socket.inet_pton(FAMILY[packet["version"]], packet["saddr"])
    target = socket.inet_pton(FAMILY[packet["version"]], packet["daddr"])
    if packet["version"] == 6:
        return struct.pack("!IHBB", 6 << 28, len(data), packet["protocol"], packet["ttl"]) + source + target + data
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), packet["ttl"], 0, packet["ttl"], packet["protocol"], 0) + source + target
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + data


def hardware_target(packet, own):
    if packet["version"] == 6 and packet["daddr"].startswith("ff"):
        return b"\x33\x33" + socket.inet_pton(socket.AF_INET6, packet["daddr"])[12:]
    if packet["version"] == 4:
        raw = socket.inet_aton(packet["daddr"])
        if packet.get("broadcast"):
            return b"\xff" * 6
        if 224 <= raw[0] <= 239:
            return b"\x01\x00\x5e" + bytes([raw[1] & 0x7F]) + raw[2:]
    return own


def address_of(packet, host, port):
    if packet["version"] == 4:
        return (host, port)
    local = host.startswith("fe80") or host.startswith("ff")
    return (host, port, 0, socket.if_nametoindex(packet["device"]) if local and packet["device"] != "lo" else 0)


def prepare(sender, packet):
    ttl = packet["ttl"]
    if packet["protocol"] == TCP:
        if packet["version"] == 4:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        else:
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
        return
    if packet["version"] == 4:
        for option in (socket.IP_TTL, socket.IP_MULTICAST_TTL):
            sender.setsockopt(socket.IPPROTO_IP, option, ttl)
        sender.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        if packet["device"] != "lo":
            index = socket.if_nametoindex(packet["device"])
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=4s4si", b"\0\0\0\0", b"\0\0\0\0", index))
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        return
    for option in (socket.IPV6_UNICAST_HOPS, socket.IPV6_MULTICAST_HOPS):
        sender.setsockopt(socket.IPPROTO_IPV6, option, ttl)
    sender.setsockopt(socket.IPPROTO_IPV6, 25, 1)  # IPV6_RECVERR
    sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
    if packet["device"] != "lo":
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex(packet["device"]))


def icmp_error(sender):
    """Whether an ICMP error came back for what the socket sent."""
    try:
        _, control, _, _ = sender.recvmsg(512, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
    except OSError:
        return False
    # struct sock_extended_err: errno u32, origin u8; SO_EE_ORIGIN_ICMP is 2, _ICMP6 is 3.
    return any(data[4] in (2, 3) for _, _, data in control)


def send_out(packet):
    """As the uid and gid of the packet: the socket belongs to them, as every rule sees. @returns what the sender was told"""
    protocol = packet["protocol"]
    ping = (protocol == ICMP and packet["icmpType"] == 8) or (protocol == ICMP6 and packet["icmpType"] == 128)
    plain = protocol in (TCP, UDP) or ping
    if plain:
        os.setegid(packet["gid"])
        os.seteuid(packet["uid"])
    else:
        # A raw socket needs CAP_NET_RAW, which the file system ids leave in place.
        libc.setfsgid(packet["gid"])
        libc.setfsuid(packet["uid"])
    try:
        family = FAMILY[packet["version"]]
        kind = socket.SOCK_STREAM if protocol == TCP else socket.SOCK_DGRAM if plain else socket.SOCK_RAW
        sender = socket.socket(family, kind, protocol)
        try:
            return send_with(sender, packet, plain, ping)
        finally:
            sender.close()
    finally:
        if plain:
            os.seteuid(0)
            os.setegid(0)
        else:
            libc.setfsuid(0)
            libc.setfsgid(0)


def send_with(sender, packet, plain, ping):
    protocol = packet["protocol"]
    prepare(sender, packet)
    sender.setblocking(False)
    if protocol == TCP:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sender.bind(address_of(packet, packet["saddr"], packet["sport"] if protocol in (TCP, UDP) else 0))
    target = address_of(packet, packet["daddr"], packet["dport"] if protocol in (TCP, UDP) else 0)
    if protocol == TCP:
        code = sender.connect_ex(target)
        if code == errno.EINPROGRESS:
            code = sender.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        refused = code in (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH) or icmp_error(sender)
        return {"rejected": refused, "error": errno.errorcode.get(code, "")}
    data = b"test" if protocol == UDP else transport(packet)
    code = 0
    try:
        sender.sendto(data, target)
    except OSError as problem:
        code = problem.errno
    return {"rejected": icmp_error(sender), "error": errno.errorcode.get(code, "")}


class Agent:
    def __init__(self, peer, interfaces):
        host = os.open("/proc/self/ns/net", os.O_RDONLY)
        enter(peer)
        self.captures = {}
        for interface in interfaces:
            capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            capture.bind((interface, 3))
            capture.setblocking(False)
            capture.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            self.captures[interface] = capture
        libc.setns(host, CLONE_NEWNET)
        os.close(host)
        self.hardware = {}
        for interface in interfaces:
            with open("/sys/class/net/%s/address" % interface) as handle:
                self.hardware[interface] = bytes.fromhex(handle.read().strip().replace(":", ""))
        self.receivers = raw_receivers()
        self.members = join_groups(interfaces)

    def drain(self, seen):
        some = False
        for interface, capture in self.captures.items():
            while True:
                try:
                    frame, address = capture.recvfrom(2048)
                except BlockingIOError:
                    break
                some = True
                if address[2] == PACKET_OUTGOING:
                    continue
                kind = struct.unpack_from("!H", frame, 12)[0]
                if kind == ETH[4] and len(frame) > 33:
                    self.note(seen, frame[22], interface)
                elif kind == ETH[6] and len(frame) > 53:
                    self.note(seen, frame[21], interface)
        for version, receiver in self.receivers:
            while True:
                try:
                    data, control, _, _ = receiver.recvmsg(2048, 128)
                except BlockingIOError:
                    break
                except OSError:
                    continue
                some = True
                if version == 4:
                    self.note(seen, data[8], "local")
                else:
                    for _, kind, value in control:
                        if kind == socket.IPV6_HOPLIMIT:
                            self.note(seen, struct.unpack("=i", value[:4])[0], "local")
        return some

    @staticmethod
    def note(seen, ttl, where):
        number = (ttl + 1) // 2 - 33
        if 0 <= number < 90:
            seen.setdefault(number, set()).add(where)

    def send(self, packets):
        self.drain({})
        told = []
        for number, packet in enumerate(packets):
            packet["ttl"] = 66 + 2 * number
            try:
                if packet["direction"] == "out":
                    told.append(send_out(packet))
                else:
                    target = hardware_target(packet, self.hardware[packet["device"]])
                    frame = target + b"\x02\0\0\0\0\x09" + struct.pack("!H", ETH[packet["version"]]) + ip_packet(packet)
                    self.captures[packet["device"]].send(frame)
                    told.append({"rejected": False, "error": ""})
            except OSError as problem:
                told.append({"rejected": False, "error": "not sent: %s" % problem})
        seen = {}
        quiet = 0
        while quiet < 2:
            quiet = 0 if self.drain(seen) else quiet + 1
            select.select([], [], [], 0.001)
        for number, answer in enumerate(told):
            answer["seen"] = sorted(seen.get(number, []))
        return told

    @staticmethod
    def forget():
        """Empties the table of connections: ctnetlink IPCTNL_MSG_CT_DELETE without a tuple."""
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as link:
            link.send(struct.pack("=IHHIIBBH", 20, (1 << 8) | 2, 5, 1, 0, 0, 0, 0))
            link.recv(4096)

    @staticmethod
    def run(steps):
        results = []
        for step in steps:
            done = subprocess.run(step["argv"], input=step.get("input", "").encode(), capture_output=True, timeout=60)
            results.append({"code": done.returncode, "stdout": done.stdout.decode(), "stderr": done.stderr.decode()})
        return results


def main():
    agent = Agent(sys.argv[1], sys.argv[2:])
    for line in sys.stdin:
        command = json.loads(line)
        if command["op"] == "send":
            agent.forget()
            answer = agent.send(command["packets"])
        else:
            answer = agent.run(command["steps"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
