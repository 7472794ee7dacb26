import { Tooltip as RadixTooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import './tooltip.css';

export interface TooltipProps {
  text: ReactNode;
  /** One focusable element; it gets the description. */
  children: ReactElement;
  side?: 'top' | 'right' | 'bottom' | 'left';
  /** Show at once: for rail icons, where the tooltip is the label. */
  immediate?: boolean;
  /** For a trigger that opens it by more than hover and focus. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A few words on hover or focus. Never the only place for something that must be read. */
export function Tooltip({ text, children, side = 'top', immediate = false, ...shown }: TooltipProps) {
  return (
    <RadixTooltip.Provider delayDuration={immediate ? 80 : 400} skipDelayDuration={300}>
      <RadixTooltip.Root {...shown}>
        <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
        <RadixTooltip.Portal>
          <RadixTooltip.Content className="tooltip" side={side} sideOffset={6} collisionPadding={8}>
            {text}
          </RadixTooltip.Content>
        </RadixTooltip.Portal>
      </RadixTooltip.Root>
    </RadixTooltip.Provider>
  );
}
