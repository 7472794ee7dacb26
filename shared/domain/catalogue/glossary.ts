/** Words of the trade, each in one plain sentence for a tooltip. */
export const GLOSSARY = {
  acl: {
    word: 'ACL',
    meaning:
      'Access control list: extra permissions on a file for single users or groups, beside owner, group and others.',
  },
  advisory: {
    word: 'advisory',
    meaning: 'A published note that says which versions of a package have a known weakness.',
  },
  'api-key': {
    word: 'API key',
    meaning: 'A long password that lets a program use an online service in your name and on your bill.',
  },
  auditd: {
    word: 'auditd',
    meaning:
      'The Linux program that writes down what the kernel was asked to do: programs started, files opened, connections made.',
  },
  'bind-mount': {
    word: 'bind mount',
    meaning: 'A folder that is made to appear a second time in another place.',
  },
  container: {
    word: 'container',
    meaning:
      'A program packed with its own files that runs apart from the rest of the machine, for example with Docker.',
  },
  daemon: { word: 'daemon', meaning: 'A program that runs in the background and waits for work.' },
  dashboard: { word: 'dashboard', meaning: 'The web page of mycoSwarm, normally on port 8080.' },
  'docker-group': {
    word: 'group docker',
    meaning: 'Members of this group may command Docker, and through it become administrator of the machine.',
  },
  'environment-variable': {
    word: 'environment variable',
    meaning: 'A named value that a program is given when it starts.',
  },
  'hard-link': {
    word: 'hard link',
    meaning: 'A second name for the same file: writing to one name changes the other.',
  },
  hash: {
    word: 'hash',
    meaning: 'A fingerprint of a file: if one letter of the file changes, the fingerprint is another.',
  },
  'io-uring': {
    word: 'io_uring',
    meaning: 'A fast way for programs to ask the kernel for work that ordinary audit rules do not see.',
  },
  ipv4: { word: 'IPv4', meaning: 'The older kind of network address, such as 192.168.1.24.' },
  ipv6: {
    word: 'IPv6',
    meaning: 'The newer kind of network address, such as fe80::1. Rules for IPv4 do not apply to it.',
  },
  journal: { word: 'journal', meaning: 'The log that systemd keeps for all services of a machine.' },
  lan: {
    word: 'LAN',
    meaning:
      'Your home network: the machines behind the same router, with private addresses such as 192.168.1.24.',
  },
  'lock-file': {
    word: 'lock file',
    meaning:
      'A list of exact package versions with their fingerprints, so that every install gives the same programs.',
  },
  loopback: {
    word: 'loopback',
    meaning: 'The address of a machine for itself, 127.0.0.1 or ::1. Nothing from outside can reach it.',
  },
  mdns: {
    word: 'mDNS',
    meaning: 'How machines on a home network find each other by name without a server; it uses port 5353.',
  },
  mode: {
    word: 'mode',
    meaning:
      'The permissions of a file for its owner, its group and everybody else, written as digits such as 0600.',
  },
  namespace: {
    word: 'namespace',
    meaning: 'A view of the machine that the kernel gives to a program, for example one without any network.',
  },
  ollama: { word: 'Ollama', meaning: 'The program that runs the language models on your machine.' },
  'open-api': {
    word: 'OpenAPI',
    meaning: 'A page that a service makes about itself: every request that it understands, with examples.',
  },
  plugin: {
    word: 'plugin',
    meaning: 'A piece of code in a folder of mycoSwarm that is loaded every time it starts.',
  },
  port: { word: 'port', meaning: 'A numbered door of a machine on the network; each service has its own.' },
  root: { word: 'root', meaning: 'The administrator account of a Linux machine. It may do everything.' },
  sandbox: {
    word: 'sandbox',
    meaning: 'Limits around a program, kept by the system and not by the program itself.',
  },
  seccomp: {
    word: 'seccomp',
    meaning: 'A filter in the kernel that refuses requests which a program has no need for.',
  },
  setuid: {
    word: 'setuid',
    meaning: 'A mark on a program that makes it run with the rights of its owner, whoever starts it.',
  },
  ssh: { word: 'SSH', meaning: 'The usual way to log in to a machine over the network.' },
  sticky: {
    word: 'sticky bit',
    meaning: 'A mark on a shared folder: everybody may add files, only their owners may remove them.',
  },
  'subordinate-uid': {
    word: 'subordinate uid',
    meaning: 'A range of user numbers that an account may use for its containers, and so become.',
  },
  sudo: { word: 'sudo', meaning: 'The program that lets an ordinary account act as administrator.' },
  'swarm-token': {
    word: 'swarm secret',
    meaning: 'The password that the nodes of a swarm share. mycoSwarm calls it the swarm token.',
  },
  'symbolic-link': {
    word: 'symbolic link',
    meaning: 'A file that only says "look over there"; it can point outside the folder it is in.',
  },
  systemd: {
    word: 'systemd',
    meaning: 'The program that starts and watches the services of most Linux machines.',
  },
  uid: { word: 'uid', meaning: 'The number by which Linux knows an account. Names are only labels for it.' },
  unit: { word: 'unit', meaning: 'The file that tells systemd how to start a service and as which account.' },
  'virtual-environment': {
    word: 'virtual environment',
    meaning: 'A folder with the Python packages of one program, apart from those of the system.',
  },
  vpn: { word: 'VPN', meaning: 'A network of its own across the internet, such as Tailscale or WireGuard.' },
  wildcard: {
    word: 'every address',
    meaning: 'A service on 0.0.0.0 or :: answers on each network the machine is on, now and later.',
  },
} as const;

export type GlossaryTerm = keyof typeof GLOSSARY;
