// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.docs;

import static dev.revive.tests.docs.OnboardingProgram.ONBOARDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.revive.Revive;
import dev.revive.crash.CrashAction;
import dev.revive.crash.CrashHook;
import dev.revive.crash.CrashPlan;
import dev.revive.crash.CrashPoint;
import dev.revive.store.InMemoryStore;
import dev.revive.store.WorkflowStore;
import dev.revive.tests.docs.OnboardingProgram.NewHire;
import dev.revive.tests.docs.OnboardingProgram.Welcome;
import dev.revive.workflow.EngineStoppedException;
import dev.revive.workflow.StepInfo;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/testing.md shows. */
@Timeout(60)
class TestingTests {
    private final Company company = new Company();
    private final OnboardingProgram program = new OnboardingProgram(company);
    private final WorkflowStore store = new InMemoryStore();

    // region crash
    @Test
    void aLaptopIsOrderedAgainIfNobodyCouldKnow() {
        CrashPlan plan =
                CrashPlan.at(CrashPoint.AFTER_EFFECT).ofStep("Provision Laptop").losingQueued();
        try (Revive dying = engine().crashHook(plan).start()) {
            assertThatThrownBy(() -> dying.start(ONBOARDING, "onboard-ada", new NewHire("Ada"))
                            .result())
                    .isInstanceOf(EngineStoppedException.class);
        }

        try (Revive next = engine().start()) {
            next.handle(ONBOARDING, "onboard-ada").result();
            assertThat(step(next, "Provision Laptop").zombies()).isEqualTo(1);
        }
        assertThat(company.laptopsOrdered()).isEqualTo(2);
        assertThat(company.employed()).isEqualTo(1);
    }
    // endregion

    // region everywhere
    @Test
    void theOnboardingEndsTheSameWhereverItCrashes() {
        Queue<String> passed = new ConcurrentLinkedQueue<>();
        CrashHook onlooker = site -> {
            passed.add(site.point().label());
            return CrashAction.GO_ON;
        };
        try (Revive revive = engine().crashHook(onlooker).start()) {
            revive.start(ONBOARDING, "uncrashed", new NewHire("Ada")).result();
        }

        for (int passage = 1; passage <= passed.size(); passage++) {
            String id = "crashed-at-" + passage;
            CrashPlan plan = CrashPlan.atPassage(passage).losingQueued();
            try (Revive dying = engine().crashHook(plan).start()) {
                dying.start(ONBOARDING, id, new NewHire("Ada")).result();
            } catch (EngineStoppedException expected) {
                // the crash
            }
            try (Revive next = engine().start()) {
                Welcome welcome = next.start(ONBOARDING, id, new NewHire("Ada")).result();
                assertThat(welcome.equipment().access().account()).isEqualTo("ada");
            }
        }
    }
    // endregion

    private Revive.Builder engine() {
        return Revive.with(store).register(ONBOARDING, program::onboard);
    }

    private static StepInfo step(Revive revive, String name) {
        return revive.handle(ONBOARDING, "onboard-ada").steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
