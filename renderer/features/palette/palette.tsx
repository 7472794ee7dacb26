export interface PaletteProps {
  onClose: () => void;
  /** Close, and show the list of keys instead. */
  onShowKeys: () => void;
}

/** Opened by Ctrl/Cmd-K on every page; mounted only while it is open. */
export function Palette(_props: PaletteProps) {
  return null;
}
