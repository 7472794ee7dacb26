import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { SelectField } from '../../components/field.tsx';
import { SectionHeading } from '../../components/page-header.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { orpc } from '../../transport/queries.ts';

const AGES = [30, 60, 90, 180, 365];
const BEFORE = [0, 3, 7, 14];

/** After how long a secret is due, and when to say so. Nothing is rotated by the clock: a rotation needs a yes. */
export function ReminderPart() {
  const queries = useQueryClient();
  const reminder = useQuery(orpc.rotation.reminder.queryOptions());
  const set = useMutation(
    orpc.rotation.setReminder.mutationOptions({
      onSuccess: () => void queries.invalidateQueries({ queryKey: orpc.rotation.key() }),
    }),
  );
  const { data } = reminder;
  if (!data) return null;
  const { maxAgeDays, remindDays, dueAt } = data;
  const ages = [...new Set([...AGES, maxAgeDays])].sort((a, b) => a - b);
  const before = [...new Set([...BEFORE, ...(remindDays === null ? [] : [remindDays])])].sort(
    (a, b) => a - b,
  );
  return (
    <section className="secrets__part">
      <SectionHeading
        title="Reminder"
        note="Swarmkeep reminds; it never rotates without your yes."
        aside={
          dueAt === null ? null : (
            <>
              due <RelativeTime at={dueAt} />
            </>
          )
        }
      />
      <div className="secrets__fields">
        <SelectField
          label="A secret is due after"
          value={String(maxAgeDays)}
          options={ages.map((days) => ({ value: String(days), label: `${days} days` }))}
          onChange={({ target }) => set.mutate({ maxAgeDays: Number(target.value), remindDays })}
        />
        <SelectField
          label="Remind me"
          value={remindDays === null ? 'never' : String(remindDays)}
          options={[
            ...before.map((days) => ({
              value: String(days),
              label: days === 0 ? 'on the day' : `${days} days before`,
            })),
            { value: 'never', label: 'never' },
          ]}
          onChange={({ target }) =>
            set.mutate({ maxAgeDays, remindDays: target.value === 'never' ? null : Number(target.value) })
          }
        />
      </div>
    </section>
  );
}
