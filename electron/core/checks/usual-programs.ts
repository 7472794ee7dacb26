/** Folders in which only the distribution puts programs; setuid programs in them are made to withstand their callers. */
const SYSTEM_FOLDER = /^\/(usr\/)?(s?bin|lib(32|64|exec|x32)?)\//;

/**
 * Layers of container engines, which no ordinary account can enter, and read-only images that carry a distribution's
 * own programs once more.
 */
const COPIES = /^\/(var\/lib\/(docker|containers|lxc|lxd|incus|machines|snapd)|snap|nix\/store)\//;

/** The helper that browsers and Electron programs bring along in their own folder of /opt. */
const BROWSER_HELPER = /^\/opt\/(.+\/)?chrome-sandbox$/;

/** Programs with setuid or setgid bit in packages of Debian, Ubuntu, Fedora and Arch, by the packages' purpose. */
const USUAL: ReadonlySet<string> = new Set(
  [
    // Logging in, accounts and passwords.
    'su sudo sudoedit sudo-rs su-rs doas runuser passwd chsh chfn newgrp sg gpasswd chage expiry ksu kcheckpass',
    'newuidmap newgidmap unix_chkpwd unix2_chkpwd unix_update pam_timestamp_check pam_extrausers_chkpwd',
    'userhelper usernetctl grub2-set-bootflag polkit-agent-helper-1 pkexec dbus-daemon-launch-helper ssh-keysign ssh-agent',
    'sss_pac krb5_child ldap_child proxy_child selinux_child p11_child gnome-keyring-daemon',
    // File systems and disks.
    'mount umount fusermount fusermount3 fusermount-glusterfs mount.nfs mount.nfs4 umount.nfs umount.nfs4 mount.cifs',
    'mount.davfs mount.ecryptfs_private umount.ecryptfs_private mount.ntfs mount.ntfs-3g ntfs-3g lowntfs-3g mount.fuse3',
    'pmount pumount udevil eject ntfsfix',
    // Network.
    'ping ping4 ping6 traceroute traceroute6 traceroute6.iputils arping clockdiff mtr-packet pppd pppoe ssh-keysign',
    'nm-openvpn-auth-dialog kppp vpnc',
    // Scheduling, messages, mail, printing, terminals.
    'at batch crontab wall wall.bsdextrautils write write.ul bsd-write utempter exim4 exim sendmail sendmail.sendmail',
    'postdrop postqueue procmail lockfile dotlockfile mail-dotlock mail-touchlock mutt_dotlock maildrop man mandb',
    'screen lockspool cups-browsed lppasswd cgexec locate mlocate plocate staprun abrt-action-install-debuginfo-to-abrt-cache',
    // Desktop, sandboxes, virtual machines.
    'Xorg Xorg.wrap X xlock xscreensaver bwrap firejail chrome-sandbox snap-confine flatpak-bwrap start_kdeinit',
    'kscreenlocker_greet fbterm dumpcap lxc-user-nic qemu-bridge-helper spice-client-glib-usb-acl-helper',
    'VBoxHeadless VBoxNetAdpCtl VBoxNetDHCP VBoxNetNAT VBoxSDL VBoxVolInfo VirtualBoxVM vmware-user-suid-wrapper',
    'vmware-authd vmware-vmx vmware-vmx-debug vmware-vmx-stats singularity-suid starter-suid',
  ].flatMap((names) => names.split(' ')),
);

/** Programs of distributions that carry a mighty capability and limit it themselves. */
const TRUSTED_CAPABILITY = /\/(newuidmap|newgidmap|gst-ptp-helper|dumpcap|snap-confine)$/;

/** Whether a path lies where only the packages of the system put programs (hier(7)). */
export function isInSystemFolder(path: string): boolean {
  return SYSTEM_FOLDER.test(path) || COPIES.test(path);
}

/** Whether a program with setuid or setgid bit is one that distributions ship so, in the folder where they put it. */
export function isUsualProgram(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (isInSystemFolder(path) && USUAL.has(name)) || BROWSER_HELPER.test(path);
}

/** Whether a program with a mighty capability is one that distributions ship so, in the folder where they put it. */
export function isUsualCapability(path: string): boolean {
  return isInSystemFolder(path) && TRUSTED_CAPABILITY.test(path);
}
