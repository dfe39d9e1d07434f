// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import static java.util.stream.Collectors.groupingBy;

import dev.revive.tests.faults.Diaries.Sent;
import dev.revive.tests.faults.Diaries.Wanted;
import dev.revive.tests.faults.Mail.Sender;
import dev.revive.tests.faults.Mail.Wish;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was sent to mailboxes, and wanted of them, with what the database says. What must hold:
 *
 * <ul>
 *   <li>A signal that was accepted is in the inbox, once. It was received by one call, which recorded it; or it lies there as it was sent, and its mailbox
 *       has ended. One that was refused is not there, and its mailbox has ended.
 *   <li>What one sender sent is received in the order in which it was sent, without a gap.
 *   <li>No call received what is not in the inbox as received, and nothing there was received by no call.
 *   <li>A mailbox completes if it has received all, and answers what its calls recorded. It is cancelled or terminated only if somebody wanted that; a
 *       cancelled one has tidied up.
 *   <li>What somebody was told is heard is in the inbox. A mailbox that was to be cancelled or terminated has ended so, or by itself, or as somebody else
 *       wanted, too; and it has received nothing that came later.
 *   <li>A courier brings all, or until the mailbox has ended: each of its signals once.
 * </ul>
 */
final class MailAudit {
    /** A row of the inbox. */
    private record Message(
            long position,
            String kind,
            String key,
            @Nullable String payload,
            boolean isReceived) {
        boolean isOf(Wish wish) {
            return kind.equals(wish.name());
        }

        boolean isSignal() {
            return kind.equals("SIGNAL");
        }
    }

    /** A call of a mailbox or a courier. */
    private record Call(
            String scope,
            String kind,
            String name,
            String status,
            @Nullable String output,
            @Nullable String detail) {
        boolean hasReceived() {
            return kind.equals("AWAIT") && output != null && !output.equals("null");
        }

        boolean isCompleted(String of) {
            return kind.equals(of) && status.equals("COMPLETED");
        }

        /** Of the message that it received. */
        long position() {
            return detail == null ? -1 : Long.parseLong(detail);
        }
    }

    private record End(String status, @Nullable String output) {}

    private static final Set<String> FINAL = Set.of("COMPLETED", "CANCELLED", "TERMINATED");

    private final Arena arena;
    private final Diaries diaries;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, End> ends = new HashMap<>();
    private final Map<String, List<Message>> inboxes = new HashMap<>();
    private final Map<String, List<Call>> calls = new HashMap<>();
    private final Map<String, Integer> statuses = new TreeMap<>();
    private int received;
    private int unreceived;

    MailAudit(Arena arena, Diaries diaries) {
        this.arena = arena;
        this.diaries = diaries;
    }

    List<String> violations() {
        return violations;
    }

    int received() {
        return received;
    }

    /** Signals that lie in the inboxes of workflows that have ended. */
    int unreceived() {
        return unreceived;
    }

    /** How many mailboxes have ended how. */
    Map<String, Integer> statuses() {
        return statuses;
    }

    void examine(Set<String> mailboxes) {
        read();
        mailboxes.forEach(id -> examine(Mail.to(id)));
        diaries.accepted().forEach(this::examineAccepted);
        diaries.undelivered().forEach(this::examineUndelivered);
        diaries.wanted().forEach(this::examineWanted);
    }

    private void read() {
        String mail = " LIKE '" + Mail.PREFIX + "%'";
        String couriers = " LIKE 'courier-%'";
        arena.query(
                "SELECT id, status, output FROM revive_workflow WHERE id" + mail + " OR id" + couriers,
                row -> ends.put(row.getString(1), new End(row.getString(2), row.getString(3))));
        arena.query(
                "SELECT workflow_id, position, kind, message_key, payload, received_at FROM revive_message ORDER BY workflow_id, position",
                row -> inboxes.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(message(row)));
        arena.query(
                "SELECT workflow_id, scope, kind, name, status, serialized_output, detail FROM revive_step WHERE workflow_id"
                        + mail + " OR workflow_id" + couriers + " ORDER BY workflow_id, scope, sequence",
                row -> calls.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(call(row)));
    }

    private static Message message(ResultSet row) throws SQLException {
        return new Message(
                row.getLong("position"),
                row.getString("kind"),
                row.getString("message_key"),
                row.getString("payload"),
                row.getObject("received_at") != null);
    }

    private static Call call(ResultSet row) throws SQLException {
        return new Call(
                row.getString("scope"),
                row.getString("kind"),
                row.getString("name"),
                row.getString("status"),
                row.getString("serialized_output"),
                row.getString("detail"));
    }

    private List<Message> inbox(String id) {
        return inboxes.getOrDefault(id, List.of());
    }

    private List<Call> calls(String id) {
        return calls.getOrDefault(id, List.of());
    }

    private static String json(String value) {
        return "\"" + value + "\"";
    }

    // ---- one mailbox

    private void examine(Mail mail) {
        String id = mail.mailbox();
        End end = ends.get(id);
        if (end == null || !FINAL.contains(end.status())) {
            violations.add("%s was sent signals and is %s".formatted(id, end));
            return;
        }
        statuses.merge(end.status(), 1, Integer::sum);
        examineReceipts(id);
        mail.all().forEach(sender -> examineOrder(id, sender));
        examineEnd(mail, end);
        if (mail.carried() > 0) {
            examineCourier(mail, end);
        }
    }

    /** Each message that was received has one call, and each call that received has one message. */
    private void examineReceipts(String id) {
        Map<Long, List<Call>> receipts =
                calls(id).stream().filter(Call::hasReceived).collect(groupingBy(Call::position));
        Set<String> values = new HashSet<>();
        for (Message message : inbox(id)) {
            List<Call> receivers = receipts.getOrDefault(message.position(), List.of());
            receipts.remove(message.position());
            if (!message.isSignal()) {
                continue;
            }
            boolean agrees = message.isReceived()
                    ? receivers.size() == 1 && message.payload() == null
                    : receivers.isEmpty() && message.payload() != null;
            String value = message.isReceived() && agrees ? receivers.get(0).output() : message.payload();
            if (!agrees || !values.add(String.valueOf(value))) {
                violations.add("%s has in its inbox %s, which was received by %s".formatted(id, message, receivers));
            }
            received += receivers.size();
            unreceived += message.isReceived() ? 0 : 1;
        }
        receipts.forEach((position, of) ->
                violations.add("%s has received what is not in its inbox: %s by %s".formatted(id, position, of)));
    }

    /** The signals of one sender have one name, which one scope waits for. */
    private void examineOrder(String id, Sender sender) {
        List<String> expected = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (Call call : calls(id)) {
            if (call.hasReceived() && String.valueOf(call.output()).startsWith("\"" + sender.number() + "~")) {
                found.add(String.valueOf(call.output()));
                expected.add(json(sender.value(found.size())));
            }
        }
        if (!found.equals(expected)) {
            violations.add("%s received from sender %d, in this order, %s".formatted(id, sender.number(), found));
        }
    }

    private void examineEnd(Mail mail, End end) {
        String id = mail.mailbox();
        List<String> values = calls(id).stream()
                .filter(Call::hasReceived)
                .map(call -> String.valueOf(call.output()).replace("\"", ""))
                .toList();
        boolean isRight = switch (end.status()) {
            case "CANCELLED" ->
                isWanted(id, Wish.CANCEL)
                        && calls(id).stream()
                                .anyMatch(call -> call.name().equals(Mailboxes.TIDY)
                                        && call.status().equals("COMPLETED"));
            case "TERMINATED" -> isWanted(id, Wish.TERMINATE);
            default ->
                values.size() == mail.sent() + mail.carried()
                        && json(String.join(" ", values)).equals(end.output());
        };
        if (!isRight) {
            violations.add("%s ended with %s; received %s, its inbox has %s".formatted(id, end, values, inbox(id)));
        }
    }

    private boolean isWanted(String id, Wish wish) {
        return inbox(id).stream().anyMatch(message -> message.isOf(wish));
    }

    private void examineCourier(Mail mail, End mailbox) {
        String id = mail.courierId();
        End end = ends.get(id);
        boolean hasEnded = !mailbox.status().equals("COMPLETED");
        boolean isRight = end != null
                && end.status().equals("COMPLETED")
                && (json("all").equals(end.output())
                        || (hasEnded && json("ended").equals(end.output())));
        long sent =
                calls(id).stream().filter(call -> call.isCompleted("SIGNAL")).count();
        long arrived = inbox(mail.mailbox()).stream()
                .filter(message -> message.isSignal() && message.key().startsWith("w:"))
                .count();
        boolean isAll = end != null && json("all").equals(end.output());
        if (!isRight || sent != arrived || (isAll && sent != mail.carried())) {
            violations.add("%s is %s, has sent %d signals of %d, and %d arrived"
                    .formatted(id, end, sent, mail.carried(), arrived));
        }
    }

    // ---- what was answered

    private void examineAccepted(Sent sent) {
        List<Message> found = arrived(sent);
        if (found.size() != 1) {
            violations.add("%s was accepted, and arrived as %s".formatted(sent, found));
        }
    }

    private void examineUndelivered(Sent sent) {
        List<Message> found = arrived(sent);
        if (!found.isEmpty() || !ends.containsKey(sent.workflow())) {
            violations.add("%s was refused, and arrived as %s".formatted(sent, found));
        }
    }

    private List<Message> arrived(Sent sent) {
        return inbox(sent.workflow()).stream()
                .filter(message -> message.key().equals("u:" + sent.value()))
                .filter(message -> message.isReceived() || json(sent.value()).equals(message.payload()))
                .toList();
    }

    private void examineWanted(Wanted wanted) {
        String id = wanted.workflow();
        List<Message> later = inbox(id).stream()
                .filter(message -> message.isOf(wanted.wish()))
                .findFirst()
                .map(intent -> inbox(id).stream()
                        .filter(message ->
                                message.isSignal() && message.isReceived() && message.position() > intent.position())
                        .toList())
                .orElse(null);
        if (later == null) {
            violations.add("%s was heard and is not in the inbox: %s".formatted(wanted, inbox(id)));
        } else if (wanted.wish() != Wish.PAUSE && !later.isEmpty()) {
            violations.add("%s was heard, and then was received %s".formatted(wanted, later));
        }
    }
}
