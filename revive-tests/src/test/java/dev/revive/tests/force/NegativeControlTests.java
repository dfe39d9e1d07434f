// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.force;

import static org.assertj.core.api.Assertions.assertThat;

import dev.revive.databases.SharedServers;
import dev.revive.tests.force.Mutant.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that cannot fail prove nothing. Each control takes one rule of the protocol out of a copy of the product, and runs the test that forces the
 * interleaving which the rule forbids: it must fail, by its assertion, within two minutes. With the product as it is, the same tests pass. Controls mostly wait,
 * so several run at a time, each in a process of its own.
 */
@Timeout(600)
@Tag("once")
@Execution(ExecutionMode.CONCURRENT)
class NegativeControlTests {
    private static final Duration BOUND = Duration.ofSeconds(120);

    /** Longer than any lease in these tests: what comes only after one has lapsed must not seem to be missing. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Where a rule only keeps one of two that race from winning, the right one may win without it, too. */
    private static final int TRIES = 5;

    private static final String TESTS = "dev.revive.tests.";
    private static final String FORCE = "dev.revive.tests.force.";
    private static final String INSIDE = FORCE + "HeldInsideTests>" + FORCE + "HeldInside$";
    private static final String ON_THE_WAY = FORCE + "HeldOnTheWayTests#";
    private static final String PEOPLE = FORCE + "IntentsOnTheWayTests#";
    private static final String CONTRACT = FORCE + "ContractOnPostgres>dev.revive.testing.";
    private static final String AWAKEABLES = "dev.revive.tests.AwakeableTests@1>";

    /** On H2: in memory an end is told in the same write, whatever the run knows of it. */
    private static final String CHILDREN = "dev.revive.tests.ChildTests@3>";

    private static final String JDBC = "dev.revive.jdbc.";
    private static final String REVIVE = "dev.revive.";

    private static final Queue<String> table = new ConcurrentLinkedQueue<>();

    /** What runs controls, and runs none now. */
    private static final Queue<ControlChild> idle = new ConcurrentLinkedQueue<>();

    private static String url = "";

    /** A rule, what is changed so that it does not hold, and the test that notices. */
    enum Control {
        A_BATCH_LOCKS_ITS_FENCE(
                INSIDE + "ByAWorkflowsRow#takeoverWaitsForTheBatchAndFindsIt",
                Change.inJdbc(JDBC + "StatementBatch", "AND lane = ? FOR UPDATE)", "AND lane = ?)")),
        A_TRANSACTION_LOCKS_ITS_FENCE(
                INSIDE + "ByTheFence#theTransactionThatWaitsForTheTakeoverIsRolledBack",
                Change.inJdbc(JDBC + "Sql", "AND lane = ? FOR UPDATE\");", "AND lane = ?\");")),
        FENCES_FALL_BEFORE_WORKFLOWS_MOVE(
                CONTRACT + "OwnershipContract$WhenAnExecutorDies#itsLateBatchesAreFencedOff",
                Change.inJdbc(
                        JDBC + "Executors",
                        "session.update(sql.deleteFences, executorId);\n        return true;",
                        "return true;")),
        AFTER_A_REFUSAL_NOTHING_LATER_IS_WRITTEN(
                CONTRACT + "WritingContract$AHundredWorkflowsOfWhichOneIsRefused#becauseTheStepIsFinal",
                Change.inJdbc(
                        JDBC + "CarefulWriter",
                        "refused.contains(operation.workflowId()) ? Answer.REFUSED : operation.visit(this)",
                        "operation.visit(this)")),
        UNLOADING_COMPARES_THE_WAKE_SEQ(
                CONTRACT + "WritingContract$GivingAWorkflowBack#itIsRefusedIfSomethingWokeItUpMeanwhile",
                Change.inJdbc(JDBC + "StatementBatch", "OR w.wake_seq = r.wake_seq)", "OR w.wake_seq >= r.wake_seq)")),
        THE_JOURNAL_IS_LOADED_AFTER_THE_CLAIM(
                INSIDE + "ByTheFence#aClaimThatWaitedLoadsWhatWasRecordedMeanwhile",
                Change.inJdbc(JDBC + "Sql", "SELECT taken.* FROM fence LEFT JOIN taken ON TRUE", """
                        SELECT taken.*, (SELECT string_agg(s.step_id, ',') FROM ${prefix}step s
                                          WHERE s.workflow_id = taken.id) AS journal
                          FROM fence LEFT JOIN taken ON TRUE"""),
                Change.inJdbc(JDBC + "JdbcSeat", "private volatile boolean seated = true;", """
                        private volatile boolean seated = true;
                        final java.util.Map<String, String> seen = new java.util.concurrent.ConcurrentHashMap<>();"""),
                Change.inJdbc(
                        JDBC + "Claims",
                        "row -> row.getString(1) == null ? Optional.empty() : Optional.of(Rows.workflow(row))",
                        """
                        row -> {
                            if (row.getString("id") == null) {
                                return Optional.empty();
                            }
                            seat.seen.put(row.getString("id"), "," + row.getString("journal") + ",");
                            return Optional.of(Rows.workflow(row));
                        }"""),
                Change.inJdbc(JDBC + "JdbcLane", "journals.values().forEach(journal -> journal.sort(IN_ORDER));", """
                        journals.forEach((id, journal) -> journal.removeIf(
                                step -> !seat.seen.getOrDefault(id, "").contains("," + step.key().stepId() + ",")));
                        journals.values().forEach(journal -> journal.sort(IN_ORDER));""")),
        AN_OUTCOME_IS_TOLD_AFTER_ITS_COMMIT(
                ON_THE_WAY + "anEndIsToldToNobodyUntilItIsThere",
                Change.inCore(REVIVE + "lane.Committer", "answers = batch.spread(insist(batch.rows()));", """
                        tell(valid, java.util.Collections.nCopies(valid.size(), Answer.ACCEPTED));
                        answers = batch.spread(insist(batch.rows()));""")),
        ALL_THAT_IS_EARLIER_IS_DURABLE_BEFORE_AN_EFFECT(
                ON_THE_WAY + "anOutcomeIsWorthNothingUntilItIsThere",
                Change.inCore(
                        REVIVE + "run.Run",
                        "public void queued() {\n            countSubmitted();",
                        "public void queued() {")),
        A_TRANSACTION_BEGINS_AFTER_WHAT_IS_EARLIER(
                FORCE + "EarlierFirstTests#aTransactionBeginsAfterWhatIsEarlier",
                Change.inCore(
                        REVIVE + "call.TransactionCall", "run.awaitDurable();\n        run.crashAt(", "run.crashAt(")),
        A_POLL_LOOKS_AFTER_WHAT_IS_EARLIER(
                FORCE + "EarlierFirstTests#aPollLooksAfterWhatIsEarlier",
                Change.inCore(
                        REVIVE + "call.PollCall",
                        "run.check();\n        run.awaitDurable();\n        run.crashAt(",
                        "run.check();\n        run.crashAt(")),
        A_RECONCILER_ASKS_AFTER_WHAT_IS_EARLIER(
                FORCE + "EarlierFirstTests#aReconcilerAsksAfterWhatIsEarlier",
                Change.inCore(
                        REVIVE + "call.StepCall",
                        "run.awaitDurable();\n            Attempt<Reconciliation<T>> asking",
                        "Attempt<Reconciliation<T>> asking")),
        STARTED_IS_DURABLE_BEFORE_THE_EFFECT(
                ON_THE_WAY + "aBeginningStepBeginsNotBeforeItsRowIsThere",
                Change.inCore(
                        REVIVE + "call.StepCall",
                        "            run.awaitDurable();\n            return true;",
                        "return true;")),
        A_CLAIM_RAISES_THE_EPOCH(
                CONTRACT + "OwnershipContract$Claiming#raisesTheEpochAndPutsTheWorkflowInTheExecutorsHands",
                Change.inJdbc(JDBC + "Sql", "epoch = w.epoch + 1", "epoch = w.epoch")),
        WHAT_IS_RECEIVED_IS_TAKEN_OUT_OF_THE_INBOX(
                CONTRACT + "MessagingContract$Receiving#recordsTheStepAndTakesTheMessageOutOfTheInbox",
                Change.inJdbc(
                        JDBC + "StatementBatch",
                        "received.add(MessageTable.receiving(receive));",
                        "assert receive != null;")),
        A_MESSAGE_MAKES_DUE_WHAT_WAITS_FOR_IT(
                CONTRACT + "MessagingContract$WhatAWorkflowWaitsFor#makesItDueAtOnce",
                Change.inJdbc(JDBC + "Sql", "WHEN status = 'DUE' AND ? THEN", "WHEN status = 'NONE' AND ? THEN")),
        A_TIME_LIMIT_LOOKS_ONCE_MORE(
                "dev.revive.tests.SignalTests@1>AWaitWithALimit#looksOnceMoreWhenItsTimeIsUp",
                Change.inCore(REVIVE + "call.AwaitCall", "run.lookIntoInbox();", "run.check();")),
        A_COMPLETION_IS_TAKEN_AWAY_BY_NOBODY(
                AWAKEABLES + "SeveralWaitsForOne#comeToTheSameEndOneAfterTheOther",
                Change.inCore(
                        REVIVE + "call.CompletionCall", "run.mailbox().first(topic)", "run.mailbox().take(topic)")),
        WHO_DID_NOT_COMPLETE_FIRST_IS_TOLD_SO(
                AWAKEABLES + "Completing#anotherWaySaysThatTheFirstCounts",
                Change.inCore(
                        REVIVE + "client.StoredAwakeable",
                        "if (first.kind() != kind || ",
                        "if (first.kind() != kind && ")),
        AN_ID_IS_COMPARED_WITH_ITS_ROW(
                AWAKEABLES + "Completing#whatDoesNotExistLeavesNothing",
                Change.inCore(
                        REVIVE + "client.StoredAwakeable",
                        "call.kind() == CallKind.AWAKEABLE && id.isOf(call)",
                        "call.kind() == CallKind.AWAKEABLE")),
        AN_AWAKEABLE_THAT_IS_MADE_AGAIN_HAS_ITS_ID(
                AWAKEABLES + "InAnotherLife#oneFromAfterTheFailedCallHasTheIdThatSomebodyHas",
                Change.inCore(
                        REVIVE + "call.AwakeableCall",
                        "past.status() == StepStatus.COMPLETED",
                        "past.status() == StepStatus.UNKNOWN")),
        AN_AWAKEABLE_THAT_IS_SET_ASIDE_CAN_BE_COMPLETED(
                AWAKEABLES + "InAnotherLife#isCompletedBeforeItIsMadeAgain",
                Change.inCore(
                        REVIVE + "client.StoredAwakeable",
                        ".filter(past -> isMadeBy(id, past))",
                        ".filter(StepRecord::isUnknown)")),
        A_WAIT_NAMES_ITS_AWAKEABLE(
                AWAKEABLES + "Misuse#toWaitForAnotherThanWasRecordedNeedsAttention",
                Change.inCore(
                        REVIVE + "call.CompletionCall",
                        "if (!recorded.equals(awakeable.position()))",
                        "if (recorded.equals(\"\"))")),
        A_RETRY_RAISES_THE_EPOCH(
                CONTRACT + "WorkflowStoreContract$Retrying#refusesALateBatchOfTheRunThatFailed",
                Change.inJdbc(
                        JDBC + "Sql",
                        "epoch = epoch + 1, wake_seq = wake_seq + 1, strikes = 0",
                        "wake_seq = wake_seq + 1, strikes = 0")),
        A_BATCH_COMPARES_THE_EPOCH(
                CONTRACT + "WritingContract$RecordingAStep#itIsRefusedAtAnotherEpoch",
                Change.inJdbc(JDBC + "StatementBatch", "AND w.epoch = held.epoch", "AND w.epoch >= held.epoch")),
        A_FINAL_ROW_NEVER_CHANGES(
                CONTRACT + "WritingContract$RecordingAStep#aFinalRowNeverChanges",
                Change.inJdbc(JDBC + "StatementBatch", "s.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')", "TRUE")),
        A_CANCELLED_ROW_IS_FINAL(
                CONTRACT + "IntentContract$ACancelledCall#isFinal",
                Change.inJdbc(
                        JDBC + "StatementBatch",
                        "s.status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')",
                        "s.status NOT IN ('COMPLETED', 'FAILED')"),
                Change.inCore(
                        REVIVE + "workflow.StepStatus",
                        "return this == COMPLETED || this == FAILED || this == CANCELLED;",
                        "return this == COMPLETED || this == FAILED;")),
        A_RUN_IS_NOT_UNLOADED_BY_A_WISH_THAT_IT_HAS_SEEN(
                PEOPLE + "aRunThatHasHeardOfACancellationIsNotUnloadedByWhatItHasSeen",
                Change.inCore(REVIVE + "run.Mailbox", "return hasNewIntent || topics", "return topics")),
        A_WORKFLOW_IS_LEFT_PAUSED_ONLY_WHILE_THAT_IS_WANTED(
                PEOPLE + "oneThatIsResumedWhilePausedIsOnItsWayGoesOn",
                Change.inCore(
                        REVIVE + "call.Execution",
                        "return leftToPeople(WorkflowStatus.PAUSED, null);",
                        "return finish(WorkflowStatus.PAUSED, null);")),
        WHO_LEAVES_A_WORKFLOW_TO_A_PERSON_KNOWS_WHAT_PEOPLE_WANT(
                PEOPLE + "anEndWhileNeedsAttentionIsOnItsWayIsHeeded",
                Change.inCore(
                        REVIVE + "call.Execution",
                        "return leftToPeople(\n                    WorkflowStatus.NEEDS_ATTENTION,",
                        "return finish(\n                    WorkflowStatus.NEEDS_ATTENTION,")),
        THE_STORE_COMPARES_WHAT_PEOPLE_WANT(
                CONTRACT + "IntentContract$LeavingItToPeople#isRefusedIfTheyWantItCancelledOrEndedAndTheRunDoesNotKnow",
                Change.inJdbc(
                        JDBC + "CarefulWriter", "finish.isWanted(intents(finish))", "finish.isWanted(List.of())")),
        AN_END_IS_THE_LAST_WORD_OF_ITS_RUN(
                PEOPLE + "anEndIsTheLastWordOfItsRunThoughItsThreadsUnwindLater",
                Change.inCore(
                        REVIVE + "run.Run",
                        "if (isConcluded.compareAndSet(false, true)) {\n            gone();",
                        "if (isConcluded.compareAndSet(false, true) || true) {\n            gone();")),
        WHAT_MAY_HAVE_BEGUN_IS_CANCELLED_IN_DOUBT(
                "dev.revive.tests.CancelTests@1>AZombie#ofAnIdempotentStepIsCancelledInDoubtToo",
                Change.inCore(
                        REVIVE + "call.StepCall",
                        "throw e == Unwind.CANCEL && isUnknown ? Unwind.CANCEL_IN_DOUBT : e;",
                        "throw isUnknown ? e : e;")),
        WHAT_WAS_POSTED_LEAVES_THE_OUTBOX_AS_IT_IS_DONE(
                FORCE + "OutboxTests#isDoneOnceThoughTheAnswerWasLost",
                Change.inJdbc(
                        JDBC + "OutboxRelay",
                        "        remove(session, delivery);\n        return Optional.of(delivery);",
                        "        database.write(apart -> {\n            remove(apart, delivery);\n            return true;\n        });\n        return Optional.of(delivery);")),
        ONE_RELAY_AT_A_TIME_DELIVERS(
                FORCE + "OutboxTests#oneRelayAtATimeDelivers",
                Change.inJdbc(
                        JDBC + "Sql",
                        "outbox_relay WHERE id = 1 FOR UPDATE SKIP LOCKED\")",
                        "outbox_relay WHERE id = 1\")")),
        NOTHING_LARGE_IS_READ_UNDER_THE_RELAYS_LOCK(
                FORCE + "OutboxTests#nothingLargeIsReadUnderTheRelaysLock",
                Change.inJdbc(
                        JDBC + "OutboxRelay",
                        "start -> compared.get(start.position())",
                        "start -> isSame(session, start, same)")),
        WHAT_IS_FOR_A_LOCKED_RECEIVER_STAYS(
                FORCE + "OutboxTests#aLockedReceiverKeepsWhatIsForItAndInOrder",
                Change.inJdbc(JDBC + "Delivery", "if (!receivers.containsKey(id)) {", "if (id.isEmpty()) {")),
        A_MESSAGE_LOOKS_FOR_ITS_START(
                CONTRACT + "OutboxContract$WhatIsPosted#isWaitedForByALetterToTheWorkflowThatItStarts",
                Change.inJdbc(JDBC + "Inboxes", "if (missing.isEmpty()) {", "if (!missing.contains(\"\")) {")),
        A_START_THAT_IS_ON_ITS_WAY_COMES_FIRST(
                CONTRACT + "OutboxContract$WhatIsPosted#comesBeforeAStartThatALetterBringsAlong",
                Change.inJdbc(
                        JDBC + "Inboxes",
                        "if (start == null || session",
                        "if (start == null || start.id().isEmpty() && session")),
        WHAT_THE_DATABASE_REFUSES_IS_SET_ASIDE(
                FORCE + "OutboxTests#whatTheDatabaseRefusesIsSetAsideAndItsNeighboursGoOn",
                Change.inJdbc(
                        JDBC + "OutboxRelay",
                        "refuse(posted.get(0), e);",
                        "left.add(posted.get(0).posting().workflowId());")),
        WHAT_STANDS_BEHIND_A_CONFLICT_IS_ONE(
                CONTRACT
                        + "OutboxContract$WhatCannotBeDelivered#takesWithItWhatIsBehindItForTheSameIdFromTheSameConnection",
                Change.inJdbc(
                        JDBC + "Delivery",
                        "isBehindAConflict(one) ? Reason.CONFLICT : problem(one, id)",
                        "problem(one, id)")),
        A_POSTING_LOCKS_NO_RECEIVER(
                FORCE + "OpenTransactionTests#anEngineRunsWhatADeadOneLeftWhileItIsOpen",
                Change.inJdbc(JDBC + "Outbox", "            insert(connection, posting, guard);", """
                                    try (PreparedStatement lock = connection.prepareStatement(sql.lockWorkflow)) {
                                        lock.setString(1, posting.workflowId());
                                        lock.executeQuery();
                                    }
                                    insert(connection, posting, guard);""")),
        A_RETRY_FORGETS_THAT_IT_BE_ENDED(
                CONTRACT + "IntentContract$RetryingOneThatPeopleWantedSomethingOf#forgetsAllOfIt",
                Change.inJdbc(JDBC + "Sql", "kind IN ('TERMINATE', 'PAUSE')", "kind IN ('PAUSE')")),
        A_TAKEOVER_DOES_WHAT_IS_WANTED(
                CONTRACT + "IntentContract$WhenItsExecutorIsGone#becauseItDied",
                Change.inJdbc(JDBC + "Executors", "new Inboxes(database).settle(session, free);", "")),
        THE_SAME_WRITTEN_AGAIN_IS_ACCEPTED(
                FORCE + "LostAnswerTests#aBatchThatIsWrittenAgainAfterAnotherHasGoneOnLeavesItsRowsAlone",
                Change.inJdbc(
                        JDBC + "CarefulWriter", "recorded != null && step.isSameAs(recorded)", "recorded == step")),
        A_RUN_KNOWS_ITS_CHILDREN_BEFORE_THEY_ARE_THERE(
                CHILDREN + "WhenItsParentEnds#itIsTerminated",
                Change.inCore(REVIVE + "call.StartCall", "run.hasChild(child.id());", "run.check();")),
        A_LATER_RUN_KNOWS_THE_CHILDREN_OF_THOSE_BEFORE(
                CHILDREN + "AnIdThatIsTaken#isNoEndOfTheChildThatHasItInALaterRun",
                Change.inCore(REVIVE + "run.Run", "children.addAll(journal.openChildren());", "")),
        AN_ID_THAT_IS_TAKEN_IS_NO_END_OF_WHO_HAS_IT(
                CHILDREN + "AnIdThatIsTaken#isNoEndOfTheChildThatHasIt",
                Change.inCore(REVIVE + "store.ChildCall", "hasEnd && !TAKEN.equals(", "hasEnd && !CHILD.equals(")),
        A_START_FINDS_ITS_OWN_CHILD_BY_ITS_CALL(
                CONTRACT + "ChildContract$AnIdOfAnother#ofAnotherCallIsTaken",
                Change.inCore(
                        REVIVE + "store.Operation",
                        "there == null || child.isOfSameCall(there)",
                        "there == null || child.id().equals(there.id())")),
        A_START_WRITTEN_AGAIN_IS_ANSWERED_BY_ITS_ROW(
                CONTRACT
                        + "ChildContract$AnIdOfAnother#isWhatItWasThoughTheChildIsDeletedAndAnotherHasItBeforeTheSameIsWrittenAgain",
                Change.inJdbc(
                        JDBC + "CarefulWriter",
                        "? start.answerOf(recorded)",
                        "? start.answer(session.first(sql.findWorkflow, Rows::workflow, start.child().id()))")),
        CHILDREN_ARE_ENDED_AT_THE_EPOCH_OF_THAT_END(
                CONTRACT + "ChildContract$ARetryOfAParent#meanwhileLeavesThemToItsNextEnd",
                Change.inJdbc(JDBC + "Delivery", "&& known.epoch() == closing.epoch()", "")),
        A_RETRY_ENDS_NO_STRANGER(
                CONTRACT + "ChildContract$ARetryOfAParent#leavesAloneWhoHasTheIdOfAChildThatItSetsAside",
                Change.inJdbc(
                        JDBC + "PastLives", "children.contains(closing.workflowId())", "!children.contains(\"\")")),
        NEWS_OF_A_CHILD_WAITS_FOR_THE_NEXT_LIFE_OF_ITS_PARENT(
                CONTRACT + "ChildContract$AnEnd#reachesAParentThatHasFailed",
                Change.inJdbc(
                        JDBC + "Receiver", "now == WorkflowStatus.FAILED &&", "now == WorkflowStatus.UNKNOWN &&")),
        A_DECISION_IS_RECORDED_BEFORE_IT_IS_HEARD(
                TESTS + "RaceTests@2>ACrash#betweenTheDecisionAndTheCleanUpForgetsNoLoser",
                Change.inCore(
                        REVIVE + "call.ParallelCall", "run.checkpoint(state().decided(decided.toJson()), false);", "")),
        WHAT_IS_RECORDED_OF_A_RACE_IS_LOOKED_AT_BEFORE_ANYTHING_BEGINS(
                TESTS + "RaceTests@1>ACrash#doesNotLoseTheMessageOfAWinner",
                Change.inCore(REVIVE + "call.Execution", "if (run.hasOpenRace())", "if (run == null)")),
        WHO_HAS_RECEIVED_SOMETHING_GOES_FIRST(
                TESTS + "RaceTests@1>ACrash#doesNotLoseTheMessageOfAWinnerThatIsARaceItself",
                Change.inCore(REVIVE + "call.ParallelCall", "parent.holdByRecord();", "")),
        ONE_BRANCH_OF_A_RACE_AT_A_TIME_RUNS_BETWEEN_ITS_CALLS(
                TESTS + "RaceTests@3>AMessage#isNotLostWhileItIsRead",
                Change.inCore(
                        REVIVE + "run.Scope",
                        "if (isRace && !isLookAhead && !hasTurn) {",
                        "if (isRace && isLookAhead && !hasTurn) {")),
        WHO_HAS_RECEIVED_SOMETHING_HOLDS_ALL_RACES_AROUND(
                TESTS + "RaceTests@3>AMessage#isNotLostAsItsRaceIsJoined",
                Change.inCore(REVIVE + "run.Scope", "if (isRace && !isHolding) {", "if (isRace && isHolding) {")),
        WHAT_IS_HELD_IN_A_RACE_HOLDS_THOSE_AROUND_IT_AFTER_A_CRASH(
                TESTS + "RaceTests@1>ACrash#doesNotLoseTheMessageOfAWinnerThatIsARaceOfRaces",
                Change.inCore(
                        REVIVE + "call.ParallelCall",
                        "if (isWon || (isOpen && !found.holding().isEmpty())) {",
                        "if (isWon) {")),
        WHAT_HAS_ENDED_BY_ITS_RECORDS_KEEPS_ITS_ORDER(
                TESTS + "RaceTests@2>ACrash#doesNotLoseTheMessageOfAWinnerThatCleanedUpWhileAnotherEnded",
                Change.inCore(
                        REVIVE + "call.ParallelCall",
                        "if (isOpen && (isRace || parent.isRace())) {",
                        "if (isOpen && members.stream().anyMatch(m -> m.end == Join.AT_WORK)) {")),
        LOSERS_WITHOUT_A_THREAD_ARE_DUE_AT_ONCE(
                TESTS + "RaceTests@1#oneThreadIsEnoughForLosersThatWait",
                Change.inCore(REVIVE + "run.Waiting", "isHurried |= unwound > 0;", "")),
        A_SAGA_THAT_HAS_LOST_IS_UNDONE_THOUGH_IT_CAME_TO_ITS_END(
                TESTS + "SagaTests@2>ACompensation#isDoneThoughTheSagaComesToItsEndAfterItWasCutOff",
                Change.inCore(REVIVE + "call.SagaCall", "context.requireNotCancelled();", "")),
        A_STEP_IN_DOUBT_IS_UNDONE(
                TESTS + "SagaTests@2>AStepInDoubt#thatACrashCutOffIsUndone",
                Change.inCore(
                        REVIVE + "call.SagaCall",
                        "if (noted.mayHaveHappened())",
                        "if (noted.mayHaveHappened() && step == null)")),
        WHAT_WAS_UNDONE_IS_NOT_BUILT_ON(
                TESTS + "SagaTests@2#aWorkflowThatHasUndoneSomethingIsNotRetried",
                Change.inCore(
                        REVIVE + "store.FailedCalls",
                        "StepDetail.of(call).undone().ifPresent(",
                        "StepDetail.of(call).undone().filter(String::isEmpty).ifPresent(")),
        A_LAPSED_LEASE_IS_NEVER_RENEWED(
                FORCE + "LeaseTests#aLapsedLeaseIsNeverRenewed",
                Change.inJdbc(
                        JDBC + "Sql",
                        "AND alive AND lease_until > ${now}",
                        "AND alive AND (TRUE OR lease_until > ${now})")),
        NO_EFFECT_BEGINS_AFTER_THE_LOCAL_DEADLINE(
                FORCE + "LeaseTests#noEffectBeginsAfterTheLocalDeadline",
                Change.inCore(REVIVE + "run.Run", "if (!owner.mayBegin())", "if (owner == null)")),
        A_START_RUNS_AT_ONCE_ONLY_WHERE_IT_IS_FIRST_ASKED(
                "dev.revive.tests.ExecutorsTests@1>WhenOneDiesBeforeItAnswers#aStartThatOutlivesItsExecutorRunsOnce",
                Change.inCore(
                        REVIVE + "engine.Starter", "isFirst ? current.admit(fresh) : null", "current.admit(fresh)"));

        private final String test;
        private final List<Change> changes;

        Control(String test, Change... changes) {
            this.test = test;
            this.changes = List.of(changes);
        }

        String rule() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        /** Without the packages. */
        String shortTest() {
            return test.replaceAll("[a-z]+\\.", "")
                    .replaceFirst("@\\d+>", ".")
                    .replaceFirst(".*>", "")
                    .replace('$', '.')
                    .replace('#', '.');
        }
    }

    @BeforeAll
    static void makeADatabase() {
        url = SharedServers.postgres().create("controls");
    }

    @AfterAll
    static void endTheChildren() {
        idle.forEach(ControlChild::close);
    }

    @AfterAll
    static void printTheTable() {
        System.out.println("Negative controls: with a rule switched off, a test fails");
        table.forEach(System.out::println);
    }

    @Test
    void withEveryRuleInItsPlaceTheseTestsPass() {
        List<String> tests = Arrays.stream(Control.values())
                .map(control -> control.test)
                .distinct()
                .toList();

        List<String> told;
        try (ControlChild child = ControlChild.patient(url)) {
            told = child.run("", BOUND.multipliedBy(4), tests);
        }

        assertThat(told).hasSameSizeAs(tests).allMatch(line -> line.startsWith(ControlRun.PASSED));
    }

    @ParameterizedTest
    @EnumSource(Control.class)
    void withoutThisRuleATestFails(Control control, @TempDir Path directory) {
        Path classes = Mutant.compile(control.changes, directory);
        long begun = System.nanoTime();

        List<String> told = run(control, classes);
        // A rule that is off by luck shows nothing, or something else: an answer that never comes.
        for (int tries = 1; tries < TRIES && !showsTheRule(told); tries++) {
            told = run(control, classes);
        }

        assertThat(told).as("what a run without this rule tells").matches(NegativeControlTests::showsTheRule);
        table.add("%-56s | %-80s | %4.1f s"
                .formatted(control.rule(), control.shortTest(), (System.nanoTime() - begun) / 1e9));
    }

    private static boolean showsTheRule(List<? extends String> told) {
        return !told.isEmpty() && told.stream().allMatch(line -> line.startsWith(ControlRun.ASSERTION_FAILED));
    }

    /** What a child tells of it. One that takes too long is killed; the next control has another. */
    private static List<String> run(Control control, Path classes) {
        ControlChild used = idle.poll();
        ControlChild child = used != null ? used : ControlChild.impatient(url, PATIENCE);
        try {
            List<String> told = child.run(classes.toString(), BOUND, List.of(control.test));
            idle.add(child);
            return told;
        } catch (AssertionError e) {
            child.close();
            throw e;
        }
    }
}
