// SPDX-License-Identifier: Apache-2.0
package dev.revive.client;

import dev.revive.codec.Documents;
import dev.revive.store.StepRecord;
import dev.revive.workflow.CallKind;
import dev.revive.workflow.Decision;
import dev.revive.workflow.Failure;
import dev.revive.workflow.StepInfo;
import dev.revive.workflow.StepStatus;
import dev.revive.workflow.TypeRef;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A person's decision as rows: what was seen and what takes its place. */
record Decided(StepRecord zombie, StepRecord decision) {
    static Optional<Decided> of(List<StepRecord> rows, StepInfo seen, Decision decision, Client.Host host) {
        return rows.stream()
                .filter(row -> row.key().stepId().equals(seen.stepId())
                        && row.key().sequence() == seen.sequence()
                        && row.kind() == CallKind.STEP
                        && row.status() == StepStatus.STARTED
                        && row.attempt() == seen.attempt())
                .findFirst()
                .map(row -> new Decided(row, decided(host, row, decision)));
    }

    private static StepRecord decided(Client.Host host, StepRecord row, Decision decision) {
        Instant now = host.now();
        if (decision instanceof Decision.Happened happened) {
            Object value = happened.value();
            TypeRef<?> declared = happened.type();
            Type type = declared != null ? declared.type() : value == null ? Void.class : value.getClass();
            String json = host.payloads().encode(value, type);
            if (declared != null) {
                host.payloads().decode(json, type);
            }
            return row.decided(StepStatus.COMPLETED, json, null, now);
        }
        if (decision instanceof Decision.Failed failed) {
            return row.decided(StepStatus.FAILED, null, Documents.write(Failure.decided(failed.reason())), now);
        }
        return row.decided(StepStatus.BACKOFF, null, null, now);
    }
}
