import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import './menu.css';

export interface MenuItem {
  id: string;
  label: ReactNode;
  /** For typing ahead, when the label is more than text. */
  text?: string;
  /** Quiet words under or beside the label. */
  note?: ReactNode;
  icon?: ReactNode;
  /** Shown with a check mark: the present choice. */
  chosen?: boolean;
  onSelect: () => void;
}

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  /** Groups are separated by a hairline. */
  groups: readonly (readonly MenuItem[])[];
  label: string;
  align?: 'start' | 'end';
  /** At least as wide as its trigger. */
  matchTrigger?: boolean;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A list of things to do or choose, by arrow keys and by typing ahead. */
export function Menu({
  trigger,
  groups,
  label,
  align = 'start',
  matchTrigger = false,
  open,
  onOpenChange,
}: MenuProps) {
  return (
    <DropdownMenu.Root
      modal={false}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={matchTrigger ? 'menu menu--match' : 'menu'}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          loop
        >
          {groups
            .filter((group) => group.length > 0)
            .map((group, index) => (
              <DropdownMenu.Group key={group[0]?.id}>
                {index > 0 ? <DropdownMenu.Separator className="menu__line" /> : null}
                {group.map((item) => (
                  <MenuRow key={item.id} item={item} />
                ))}
              </DropdownMenu.Group>
            ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function MenuRow({ item }: { item: MenuItem }) {
  return (
    <DropdownMenu.Item
      className="menu__item"
      onSelect={item.onSelect}
      {...(item.text === undefined ? {} : { textValue: item.text })}
      {...(item.chosen ? { 'aria-current': true } : {})}
    >
      {item.icon}
      <span className="menu__words">
        <span className="menu__label">{item.label}</span>
        {item.note ? <span className="menu__note">{item.note}</span> : null}
      </span>
      {item.chosen ? <Check aria-hidden="true" className="menu__chosen" /> : null}
    </DropdownMenu.Item>
  );
}
