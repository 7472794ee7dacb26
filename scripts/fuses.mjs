// electron-builder calls this once for each packed app, before it is signed: sets the fuses of the Electron binary.
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/**
 * Every fuse of Electron 45 with the state that a packaged Swarmkeep has (Electron documentation, tutorial/fuses).
 * electron-builder's own setting would do most of it, but it knows one fuse less than the binary has and cannot insist
 * on all.
 */
export const FUSES = {
  // The app binary is no Node.js for anybody: not by ELECTRON_RUN_AS_NODE, NODE_OPTIONS or --inspect.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // The code is the archive's, and on macOS and Windows the archive is the one that was packed.
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.EnableCookieEncryption]: true,
  // Pages come from app://; a file:// page would have no more rights than on the web.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // We ship no snapshot of our own for the main process.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // The default: WebAssembly, of which we have none, checks its bounds by hardware.
  [FuseV1Options.WasmTrapHandlers]: true,
};

/** @param {import('electron-builder').AfterPackContext} context what was packed, and where */
export default async function setFuses(context) {
  const { appOutDir, electronPlatformName, arch, packager } = context;
  const product = packager.appInfo.productFilename;
  const binary = { darwin: `${product}.app`, win32: `${product}.exe`, linux: packager.executableName };
  const ARM64 = 3;
  await flipFuses(join(appOutDir, binary[electronPlatformName]), {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: true,
    // Apple silicon runs nothing unsigned, not even what a build without a certificate leaves.
    resetAdHocDarwinSignature: electronPlatformName === 'darwin' && arch === ARM64,
    ...FUSES,
  });
}
