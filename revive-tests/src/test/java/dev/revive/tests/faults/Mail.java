// SPDX-License-Identifier: Apache-2.0
package dev.revive.tests.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What one mailbox is sent and what people want of it, drawn from its id: the same in every process.
 *
 * @param mailbox the id of the workflow that receives all of it
 * @param senders outside of workflows
 * @param carried how many signals its courier, a workflow, sends it; with none there is no courier
 * @param isDivided whether a branch of its own receives what the courier brings, under another name
 * @param wishes what the first sender wants of it, after the signal of this number
 */
record Mail(String mailbox, List<Sender> senders, int carried, boolean isDivided, Map<Integer, Wish> wishes) {
    /** What people may want of a mailbox. */
    enum Wish {
        CANCEL,
        TERMINATE,
        PAUSE
    }

    /**
     * Who sends a mailbox numbered signals, the next when the last has arrived.
     *
     * @param mailbox to whom
     * @param number no other sender's of the same mailbox
     * @param signals how many
     */
    record Sender(String mailbox, int number, int signals) {
        String id() {
            return mailbox + "." + number;
        }

        /** What its signal of this number carries: no other signal to this mailbox carries the same. */
        String value(int signal) {
            return number + "~" + signal;
        }
    }

    static final String PREFIX = "mailbox-";
    static final int COURIER = 9;
    private static final String COURIERS = "courier-";

    static Mail to(String mailbox) {
        Random random = new Random(mailbox.hashCode() * 0x9E3779B97F4A7C15L);
        List<Sender> senders = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int number = 1; number <= count; number++) {
            senders.add(new Sender(mailbox, number, 1 + random.nextInt(6)));
        }
        int carried = Math.max(0, random.nextInt(7) - 2);
        return new Mail(
                mailbox,
                senders,
                carried,
                carried > 0 && random.nextBoolean(),
                wishes(random, senders.get(0).signals()));
    }

    private static Map<Integer, Wish> wishes(Random random, int signals) {
        Map<Integer, Wish> wishes = new TreeMap<>();
        for (int i = random.nextInt(4); i > 1; i--) {
            int number = random.nextInt(6);
            Wish wish = number < 2 ? Wish.CANCEL : number < 3 ? Wish.TERMINATE : Wish.PAUSE;
            wishes.put(1 + random.nextInt(signals), wish);
        }
        return wishes;
    }

    static Mail of(String courier) {
        return to(PREFIX + courier.substring(COURIERS.length()));
    }

    static Sender sender(String id) {
        int dot = id.lastIndexOf('.');
        return to(id.substring(0, dot)).senders().get(Integer.parseInt(id.substring(dot + 1)) - 1);
    }

    static boolean isCourier(String workflowId) {
        return workflowId.startsWith(COURIERS);
    }

    /** The id of the workflow that brings signals, if there is one. */
    String courierId() {
        return COURIERS + mailbox.substring(PREFIX.length());
    }

    Sender courier() {
        return new Sender(mailbox, COURIER, carried);
    }

    /** All who send, the courier included. */
    List<Sender> all() {
        List<Sender> all = new ArrayList<>(senders);
        if (carried > 0) {
            all.add(courier());
        }
        return all;
    }

    /** How many signals those outside of workflows send. */
    int sent() {
        return senders.stream().mapToInt(Sender::signals).sum();
    }

    /** Whatever must be asked of processes so that all of it is sent. */
    List<Order> orders() {
        List<Order> orders = new ArrayList<>(senders.stream().map(Order::send).toList());
        if (carried > 0) {
            orders.add(Order.start(courierId()));
        }
        return orders;
    }
}
