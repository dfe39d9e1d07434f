// SPDX-License-Identifier: Apache-2.0
import { Check, OctagonX, Play, RotateCcw, Skull, StepForward, Undo2 } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Panel } from './Panel';
import { WaitNote } from './WaitNote';
import { why } from './why';
import { type CrashPoint, type Delivery, isUndoing, type PlannedCrash, type Point, type Scene, type State } from './state';
import type { Simulator } from './useSimulator';

const NEVER = 'never';
const SPEEDS: [number, string][] = [
    [300, '0.3 s'],
    [1000, '1 s'],
    [2000, '2 s'],
    [5000, '5 s'],
];
const SCENES: [Scene, string][] = [
    ['ONBOARDING', 'Onboarding'],
    ['APPROVAL', 'Onboarding with approval'],
    ['CALLED_OFF', 'Onboarding that is called off'],
];
const LIMITS: [number, string][] = [
    [10_000, '10 s'],
    [60_000, '1 min'],
    [300_000, '5 min'],
];
const WAITS: Partial<Record<Scene, { label: string; explains: string }>> = {
    APPROVAL: {
        label: 'The manager approves within',
        explains: 'After that, the hire is put on hold. Crash the process while it waits, and see that it waits on.',
    },
    CALLED_OFF: {
        label: 'The first day comes after',
        explains: 'Until then the hire can be called off. What was done is undone; crash the process in the middle of that.',
    },
};
const DELIVERIES: [Delivery, string, string][] = [
    ['AT_LEAST_ONCE', 'At least once', 'in doubt, sent again'],
    ['AT_MOST_ONCE', 'At most once', 'in doubt, not sent again'],
    ['RECONCILE', 'Reconcile', 'in doubt, the mail server is asked'],
];

interface Props {
    simulator: Simulator;
    state: State;
    /** What is to be run next. */
    chosen: Scene;
    onChoose: (scene: Scene) => void;
}

export function Controls({ simulator, state, chosen, onChoose }: Props) {
    const [employee, setEmployee] = useState('Ada');
    const [stepMillis, setStepMillis] = useState(1000);
    const [email, setEmail] = useState<Delivery>('AT_LEAST_ONCE');
    const [limitMillis, setLimitMillis] = useState(state.plan?.waitMillis ?? 60_000);
    const [planned, setPlanned] = useState(NEVER);
    const { can } = state;
    const isFixed = !can.run; // the workflow's input is what it is, once it is started
    const scene = isFixed && state.plan !== null ? state.plan.scene : chosen;
    const wait = WAITS[scene];
    const waitMillis = wait ? limitMillis : null;
    const points = pointsOf(scene, state);
    const crash = parse(planned);
    const alive = state.workers.filter((worker) => worker.state !== 'DEAD');
    const victim = alive[alive.length - 1];

    const begin = (name: 'run' | 'resume', body: object) => {
        void simulator.command(name, { ...body, crash });
        setPlanned(NEVER);
    };

    const choose = (value: string) => {
        onChoose(value as Scene);
        setPlanned(NEVER); // the other scene may have no such step
    };

    return (
        <Panel area="controls" title="Run it, and kill it">
            <div className="grid gap-3">
                <Field label="Scene">
                    {(id) => (
                        <Select id={id} value={scene} disabled={isFixed} options={SCENES} onChange={choose} />
                    )}
                </Field>
                <div className="grid grid-cols-[minmax(0,1fr)_96px] gap-2">
                    <Field label="Employee">
                        {(id) => (
                            <input
                                id={id}
                                className="field w-full disabled:opacity-60"
                                value={employee}
                                maxLength={80}
                                disabled={isFixed}
                                onChange={(event) => setEmployee(event.target.value)}
                            />
                        )}
                    </Field>
                    <Field label="A step takes">
                        {(id) => (
                            <Select
                                id={id}
                                value={stepMillis}
                                disabled={isFixed}
                                options={SPEEDS}
                                onChange={(value) => setStepMillis(Number(value))}
                            />
                        )}
                    </Field>
                </div>

                {wait && (
                    <>
                        <Field label={wait.label}>
                            {(id) => (
                                <>
                                    <Select
                                        id={id}
                                        value={limitMillis}
                                        disabled={isFixed}
                                        options={LIMITS}
                                        describedBy={`${id}-explains`}
                                        onChange={(value) => setLimitMillis(Number(value))}
                                    />
                                    <p id={`${id}-explains`} className="mt-1 text-[12px] leading-snug text-ink-3">
                                        {wait.explains}
                                    </p>
                                </>
                            )}
                        </Field>
                        <WaitNote state={state} />
                    </>
                )}

                {scene === 'ONBOARDING' && (
                    <fieldset disabled={isFixed} className="grid gap-1 disabled:opacity-60">
                        <legend className="label mb-1">The welcome e-mail is sent</legend>
                        {DELIVERIES.map(([value, name, explains]) => (
                            <label key={value} className="grid grid-cols-[18px_minmax(0,1fr)] gap-x-1.5 leading-snug">
                                <input
                                    type="radio"
                                    name="email"
                                    className="mt-0.5 accent-(--accent)"
                                    checked={email === value}
                                    onChange={() => setEmail(value)}
                                />
                                <span>
                                    <span className="font-medium">{name}</span>{' '}
                                    <span className="text-[12px] text-ink-3">{explains}</span>
                                </span>
                            </label>
                        ))}
                    </fieldset>
                )}

                {points.length > 0 && (
                    <Field label="The process dies">
                        {(id) => (
                            <>
                                <select
                                    id={id}
                                    className="field w-full"
                                    value={planned}
                                    onChange={(event) => setPlanned(event.target.value)}
                                    aria-describedby={`${id}-explains`}
                                >
                                    <option value={NEVER}>only when I kill it</option>
                                    {steps(points).map((step) => (
                                        <optgroup key={step} label={step}>
                                            {points
                                                .filter((point) => point.step === step)
                                                .map((point) => (
                                                    <option key={point.point} value={`${point.point} ${step}`}>
                                                        {point.label}
                                                    </option>
                                                ))}
                                        </optgroup>
                                    ))}
                                </select>
                                <p id={`${id}-explains`} className="mt-1 min-h-[34px] text-[12px] leading-snug text-ink-3">
                                    {explain(points, crash)}
                                </p>
                            </>
                        )}
                    </Field>
                )}

                <div className="grid grid-cols-2 gap-2">
                    <Act
                        tone="primary"
                        icon={<Play size={15} aria-hidden />}
                        text="Run"
                        reason={employee.trim() === '' ? 'Give the employee a name.' : can.run ? null : why('run', state)}
                        busy={simulator.busy === 'run'}
                        onPress={() => begin('run', { scene, employee, stepMillis, email, waitMillis })}
                    />
                    <Act
                        tone="danger"
                        icon={<Skull size={15} aria-hidden />}
                        text={alive.length > 1 && victim ? `Kill ${victim.name}` : 'Crash now'}
                        reason={can.crash && victim ? null : why('crash', state)}
                        busy={simulator.busy === 'crash'}
                        onPress={() => void simulator.command('crash', { worker: victim?.name })}
                    />
                    <Act
                        tone={can.resume ? 'primary' : 'plain'}
                        icon={<StepForward size={15} aria-hidden />}
                        text="Resume"
                        reason={can.resume ? null : why('resume', state)}
                        busy={simulator.busy === 'resume'}
                        onPress={() => begin('resume', {})}
                    />
                    <Act
                        tone="plain"
                        icon={null}
                        text="Second executor"
                        reason={can.second ? null : why('second', state)}
                        busy={simulator.busy === 'second'}
                        onPress={() => void simulator.command('second', {})}
                    />
                    {scene === 'CALLED_OFF' && (
                        <Act
                            tone={can.cancel ? 'danger' : 'plain'}
                            icon={<Undo2 size={15} aria-hidden />}
                            text="Call the hire off"
                            wide
                            reason={can.cancel ? null : why('cancel', state)}
                            busy={simulator.busy === 'cancel'}
                            onPress={() => void simulator.command('cancel', {})}
                        />
                    )}
                    {scene === 'APPROVAL' && (
                        <Act
                            tone={can.approve ? 'primary' : 'plain'}
                            icon={<Check size={15} aria-hidden />}
                            text="Approve"
                            wide
                            reason={can.approve ? null : why('approve', state)}
                            busy={simulator.busy === 'approve'}
                            onPress={() => void simulator.command('approve', {})}
                        />
                    )}
                    <Act
                        tone="plain"
                        icon={<RotateCcw size={15} aria-hidden />}
                        text="Reset everything"
                        wide
                        reason={can.reset ? null : why('reset', state)}
                        busy={simulator.busy === 'reset'}
                        onPress={() => void simulator.command('reset', {})}
                    />
                </div>
                {simulator.problem !== null && (
                    <p role="alert" className="flex items-start gap-2 rounded-md bg-bad-soft px-2.5 py-1.5 text-[13px] text-bad">
                        <OctagonX size={15} className="mt-0.5 shrink-0" aria-hidden />
                        <span className="grow">{simulator.problem}</span>
                        <button type="button" className="font-medium underline" onClick={simulator.dismiss}>
                            Close
                        </button>
                    </p>
                )}
            </div>
        </Panel>
    );
}

/** Where a crash can be planned: the wait for the approval is crashed by hand. */
function pointsOf(scene: Scene, state: State): Point[] {
    switch (scene) {
        case 'ONBOARDING':
            return state.points.filter((point) => !isUndoing(point.step));
        case 'APPROVAL':
            return [];
        case 'CALLED_OFF':
            return state.points;
    }
}

function steps(points: Point[]): string[] {
    return [...new Set(points.map((point) => point.step))];
}

function parse(planned: string): PlannedCrash | null {
    if (planned === NEVER) {
        return null;
    }
    const blank = planned.indexOf(' ');
    return { point: planned.slice(0, blank) as CrashPoint, step: planned.slice(blank + 1) };
}

function explain(points: Point[], crash: PlannedCrash | null): string {
    const point = points.find((each) => each.step === crash?.step && each.point === crash.point);
    return point?.explains ?? 'A planned crash halts the process at exactly this place, as a power cut would.';
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
    const id = useId();
    return (
        <div className="min-w-0">
            <label className="label mb-1 block" htmlFor={id}>
                {label}
            </label>
            {children(id)}
        </div>
    );
}

function Select<T extends string | number>(props: {
    id: string;
    value: T;
    disabled: boolean;
    options: readonly (readonly [T, string])[];
    describedBy?: string;
    onChange: (value: string) => void;
}) {
    return (
        <select
            id={props.id}
            className="field w-full disabled:opacity-60"
            value={props.value}
            disabled={props.disabled}
            aria-describedby={props.describedBy}
            onChange={(event) => props.onChange(event.target.value)}
        >
            {props.options.map(([value, text]) => (
                <option key={value} value={value}>
                    {text}
                </option>
            ))}
        </select>
    );
}

const TONES = {
    primary: 'bg-accent text-surface hover:opacity-90',
    danger: 'border border-bad/50 text-bad hover:bg-bad-soft',
    plain: 'border border-line-strong text-ink hover:bg-sunken',
};

/** A button that says why it does nothing now. It stays in the order of the keyboard, so that the reason can be heard. */
export function Act(props: {
    tone: keyof typeof TONES;
    icon: ReactNode;
    text: string;
    reason: string | null;
    busy: boolean;
    wide?: boolean;
    onPress: () => void;
}) {
    const id = useId();
    const isOff = props.reason !== null || props.busy;
    return (
        <span className={props.wide ? 'col-span-2' : ''}>
            <button
                type="button"
                className={`inline-flex h-8 w-full items-center justify-center gap-1.5 rounded-[7px] px-2 font-medium whitespace-nowrap ${
                    isOff ? 'border border-line bg-sunken text-ink-3' : TONES[props.tone]
                }`}
                aria-disabled={isOff}
                aria-describedby={props.reason === null ? undefined : id}
                title={props.reason ?? undefined}
                onClick={() => {
                    if (!isOff) {
                        props.onPress();
                    }
                }}
            >
                {props.icon}
                {props.text}
            </button>
            {props.reason !== null && (
                <span id={id} className="sr-only">
                    {props.reason}
                </span>
            )}
        </span>
    );
}
