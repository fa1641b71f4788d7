"""Files from the bank come in: one effect each, matched to the cent, and the rest waits for somebody."""

import re
from contextlib import closing
from datetime import date

import pytest

from settlement.payments import PaymentContext, doubtful_payees, set_rail_account
from settlement.rails.bank import (
    all_lines,
    bank_files,
    waiting_lines,
)
from settlement.rails.bank.errors import (
    BankFileUnreadable,
)
from settlement.rails.port import Direction, PayeeMatch, RailStatus
from tests.support.bank import Bank, attempt, balance, queue, sent, shop_account, signed, statuses, take
from tests.support.camt import Entry, Paid, camt, pain_002
from tests.support.clock import DAY, Clock

PAY, COLLECT = Direction.PAY, Direction.COLLECT
FOREVER = 2**62
MAY_14 = date(2024, 5, 14)


class TestOnce:
    def test_the_same_file_twice_has_one_effect(self, bank: Bank) -> None:
        order = attempt("a")
        (reference,) = sent(bank, order)
        content = camt([bank.movement(1234, Paid(1234, reference)), bank.movement(-5, Paid(-5, text="fee"))])
        first = take(bank, content)
        assert (first.lines_new, first.lines_known, first.matched, first.queued) == (2, 0, 1, 1)
        again = take(bank, content)
        assert again.known_since == bank.clock() - 1
        assert (again.lines_new, again.matched) == (0, 0)
        assert len(bank.rail.lines(0, FOREVER)) == 1
        assert balance(bank) == 1229

    def test_a_movement_told_again_in_another_file_has_one_effect(self, bank: Bank) -> None:
        (reference,) = sent(bank, attempt("a"))
        movement = bank.movement(1234, Paid(1234, reference))
        later = bank.movement(77, Paid(77, text="interest"))
        take(bank, camt([movement], 2, 54))
        second = take(bank, camt([movement, later], 8, 53))
        assert (second.lines_new, second.lines_known) == (1, 1)
        assert balance(bank) == 1311

    def test_two_alike_in_one_file_are_two(self, bank: Bank) -> None:
        alike = Entry(500, MAY_14, "", (Paid(500, text="coffee"),))
        assert take(bank, camt([alike, alike])).lines_new == 2
        assert take(bank, camt([alike, alike, alike])).lines_new == 1

    def test_one_reference_of_the_banks_for_several_movements_loses_none(self, bank: Bank) -> None:
        entries = [
            Entry(500, MAY_14, "X", (Paid(500),)),
            Entry(700, MAY_14, "X", (Paid(700),)),
            Entry(500, date(2024, 5, 15), "X", (Paid(500),)),
        ]
        assert take(bank, camt(entries)).lines_new == 3
        assert take(bank, camt(entries, 8)).lines_new == 0

    def test_a_notification_and_a_statement_under_other_ids_are_told_by_our_reference(self, bank: Bank) -> None:
        first, second = sent(bank, attempt("a"), attempt("b"))
        entries = [Entry(1234, MAY_14, "N1", (Paid(1234, first),)), Entry(1234, MAY_14, "N2", (Paid(1234, second),))]
        take(bank, camt(entries, 2, 54))
        again = take(bank, camt([Entry(1234, MAY_14, "S1", entry.paid) for entry in entries[:1]], 2, 53))
        assert (again.lines_new, again.lines_known) == (0, 1)
        # A second one in the statement that the notification did not tell is another.
        more = [Entry(1234, MAY_14, f"S{n}", entries[1].paid) for n in (2, 3)]
        assert take(bank, camt(more, 2, 53)).lines_new == 1
        assert balance(bank) == 3 * 1234
        assert len(queue(bank)) == 1

    def test_single_payments_take_the_place_of_a_sum_that_nobody_could_match(self, bank: Bank) -> None:
        orders = attempt("a"), attempt("b", minor=766)
        first, second = sent(bank, *orders)
        take(bank, camt([Entry(2000, MAY_14, "B1")], 2, 53))
        assert (statuses(bank, *orders), balance(bank)) == ([RailStatus.PENDING] * 2, 2000)
        take(bank, camt([Entry(2000, MAY_14, "B1", (Paid(1234, first), Paid(766, second)))], 2, 54))
        assert (statuses(bank, *orders), balance(bank), queue(bank)) == ([RailStatus.PAID] * 2, 2000, [])

    def test_a_sum_after_its_single_payments_adds_nothing(self, bank: Bank) -> None:
        first, second = sent(bank, attempt("a"), attempt("b", minor=766))
        take(bank, camt([Entry(2000, MAY_14, "B1", (Paid(1234, first), Paid(766, second)))], 2, 54))
        take(bank, camt([Entry(2000, MAY_14, "B1")], 2, 53))
        assert balance(bank) == 2000

    def test_a_bad_file_leaves_nothing_behind(self, bank: Bank) -> None:
        (reference,) = sent(bank, attempt("a"))
        good = bank.movement(1234, Paid(1234, reference))
        bad = camt([good, bank.movement(5, Paid(5))]).replace(b">0.05<", b">0,05<")
        with pytest.raises(BankFileUnreadable):
            take(bank, bad)
        assert all_lines(bank.book, bank.settings, 0, 99991231) == []
        assert take(bank, camt([good])).matched == 1

    def test_statements_that_overlap_a_notification_tell_nothing_again(self, bank: Bank) -> None:
        orders = attempt("a"), attempt("b", minor=766)
        first, second = sent(bank, *orders)
        take(bank, camt([Entry(1234, MAY_14, "N1", (Paid(1234, first),))], 2, 54))
        both = [Entry(1234, MAY_14, "S1", (Paid(1234, first),)), Entry(766, MAY_14, "S2", (Paid(766, second),))]
        statement = camt(both, 2, 53)
        assert take(bank, statement).lines_new == 1
        again = take(bank, statement.replace(b"<MsgId>", b"<MsgId>again-"))
        assert (again.known_since, again.lines_new, again.lines_known) == (None, 0, 2)
        assert (statuses(bank, *orders), balance(bank), queue(bank)) == ([RailStatus.PAID] * 2, 2000, [])

    def test_of_several_payments_booked_as_one_those_told_before_are_not_told_again(self, bank: Bank) -> None:
        orders = attempt("a"), attempt("b", minor=766)
        first, second = sent(bank, *orders)
        take(bank, camt([Entry(1234, MAY_14, "N1", (Paid(1234, first),))], 2, 54))
        statement = camt([Entry(2000, MAY_14, "S1", (Paid(1234, first), Paid(766, second)))], 2, 53)
        for content in (statement, statement.replace(b"<MsgId>", b"<MsgId>again-")):
            take(bank, content)
            assert (statuses(bank, *orders), balance(bank), queue(bank)) == ([RailStatus.PAID] * 2, 2000, [])

    @pytest.mark.parametrize("notified_first", [False, True])
    def test_a_sum_of_details_without_amounts_is_split_by_their_references(
        self, bank: Bank, *, notified_first: bool
    ) -> None:
        orders = attempt("a"), attempt("b", minor=766)
        paid = tuple(Paid(order.minor, reference) for order, reference in zip(orders, sent(bank, *orders), strict=True))
        whole = camt([Entry(2000, MAY_14, "S1", paid)], 8, 53)
        whole = re.sub(rb"(<TxDtls><Refs>.*?</Refs>)<Amt[^>]*>[^<]*</Amt><CdtDbtInd>CRDT</CdtDbtInd>", rb"\1", whole)
        singly = camt([Entry(each.minor, MAY_14, f"N{each.minor}", (each,)) for each in paid], 8, 54)
        for content in (singly, whole) if notified_first else (whole, singly):
            take(bank, content)
            assert (statuses(bank, *orders), balance(bank), queue(bank)) == ([RailStatus.PAID] * 2, 2000, [])


class TestMatching:
    @pytest.mark.parametrize("direction", [COLLECT, PAY])
    def test_by_the_end_to_end_id(self, bank: Bank, direction: Direction) -> None:
        order = attempt("a", direction)
        (reference,) = sent(bank, order)
        bank.tell(bank.movement(signed(order), Paid(signed(order), reference.lower())))
        assert statuses(bank, order) == [RailStatus.PAID]

    def test_by_the_reference_in_the_text_however_it_is_written(self, tables: Bank) -> None:
        order = attempt("a")
        (reference,) = sent(tables, order)
        grouped = " ".join(reference[at : at + 4] for at in range(0, 20, 4)).lower()
        tables.tell(tables.movement(1234, Paid(1234, "NOTPROVIDED", f"Old town, {grouped}. Thanks")))
        assert statuses(tables, order) == [RailStatus.PAID]
        assert tables.rail.observe([order])[0].returnable_until is None

    def test_one_transfer_for_several_requests_is_split(self, tables: Bank) -> None:
        orders = attempt("a"), attempt("b", minor=766)
        references = sent(tables, *orders)
        tables.tell(tables.movement(2000, Paid(2000, text=" and ".join(references))))
        assert statuses(tables, *orders) == [RailStatus.PAID] * 2
        assert [line.minor for line in tables.rail.lines(0, FOREVER)] == [1234, 766]
        assert balance(tables) == 2000

    @pytest.mark.parametrize("minor", [1233, 1235, 2468, 1])
    def test_another_amount_is_never_matched(self, bank: Bank, minor: int) -> None:
        order = attempt("a")
        sent(bank, order)
        bank.pay(order, minor)
        assert statuses(bank, order) == [RailStatus.PENDING]
        (waiting,) = waiting_lines(bank.book, bank.settings)
        assert [(candidate.key, candidate.minor) for candidate in waiting.candidates] == [("a", 1234)]
        assert f"the line is {minor} minor units" in waiting.candidates[0].misfit
        assert bank.rail.lines(0, FOREVER) == []

    def test_a_second_payment_waits(self, bank: Bank) -> None:
        order = attempt("a")
        sent(bank, order)
        bank.pay(order)
        bank.pay(order)
        assert statuses(bank, order) == [RailStatus.PAID]
        assert [line.minor for line in queue(bank)] == [1234]

    def test_what_came_before_the_export_waits_until_somebody_looks(self, tables: Bank) -> None:
        order = attempt("a")
        tables.rail.instruct([order])
        tables.pay(order)
        assert statuses(tables, order) == [RailStatus.PENDING]
        assert "not exported yet" in waiting_lines(tables.book, tables.settings)[0].candidates[0].misfit

    def test_a_sum_is_split_by_the_part_or_the_file_that_it_names(self, bank: Bank) -> None:
        orders = [attempt(f"a{n}", minor=100 + n) for n in range(4)]
        orders[3] = attempt("a3", minor=103, account=shop_account(mandate_sequence="OOFF"))
        sent(bank, *orders)
        message = bank_files(bank.book, bank.settings)[0].message_id
        bank.tell(bank.movement(100, batch=f"{message}-1"))
        assert statuses(bank, *orders) == [RailStatus.PAID, *[RailStatus.PENDING] * 3]
        bank.tell(bank.movement(101 + 102 + 103, message=message))
        assert statuses(bank, *orders) == [RailStatus.PAID] * 4
        assert balance(bank) == 406

    def test_a_sum_without_what_the_bank_refused_is_split_once_that_is_known(self, bank: Bank) -> None:
        orders = [attempt(f"a{n}", PAY, 100 + n) for n in range(3)]
        sent(bank, *orders)
        message = bank_files(bank.book, bank.settings)[0].message_id
        bank.tell(bank.movement(-(100 + 102), batch=f"{message}-1"))
        assert statuses(bank, *orders) == [RailStatus.PENDING] * 3
        bank.refuse(orders[1])
        assert statuses(bank, *orders) == [RailStatus.PAID, RailStatus.FAILED, RailStatus.PAID]

    def test_a_refused_payment_that_moved_there_and_back_moved_nothing(self, bank: Bank) -> None:
        orders = [attempt(f"a{n}", minor=100 + n) for n in range(2)]
        references = sent(bank, *orders)
        bank.refuse(orders[1])
        message = bank_files(bank.book, bank.settings)[0].message_id
        bank.tell(bank.movement(100, Paid(100, references[0])))
        bank.pay(orders[1])
        assert [line.minor for line in queue(bank)] == [101]
        bank.send_back(orders[1])
        assert (statuses(bank, *orders), queue(bank)) == ([RailStatus.PAID, RailStatus.FAILED], [])
        assert message
        assert sum(line.minor for line in bank.rail.lines(0, FOREVER) if line.key == "a1") == 0

    def test_a_sum_with_what_the_bank_refused_is_split_and_its_way_back_found(self, bank: Bank) -> None:
        orders = [attempt("a0", minor=100), attempt("a1", minor=101, account=shop_account(mandate_id="M-2"))]
        sent(bank, *orders)
        bank.refuse(orders[1])
        message = bank_files(bank.book, bank.settings)[0].message_id
        bank.tell(bank.movement(201, message=message))
        assert (statuses(bank, *orders), [line.minor for line in queue(bank)]) == (
            [RailStatus.PAID, RailStatus.FAILED],
            [101],
        )
        bank.send_back(orders[1])
        assert (statuses(bank, *orders), queue(bank)) == ([RailStatus.PAID, RailStatus.FAILED], [])


class TestReturns:
    def test_a_debit_comes_back_weeks_later_with_its_reason_and_charges(self, bank: Bank, clock: Clock) -> None:
        order = attempt("a")
        (reference,) = sent(bank, order)
        bank.pay(order)
        paid = bank.rail.observe([order])[0]
        assert paid.returnable_until == paid.at + 61 * DAY
        clock.forward(40 * DAY)
        back = Paid(-1634, reference, reason="AM04", charges=400, instructed=1234)
        bank.tell(Entry(-1634, date(2024, 6, 24), "R9", (back,)))
        seen = bank.rail.observe([order])[0]
        assert (seen.status, seen.code, seen.fee_minor) == (RailStatus.RETURNED, "AM04", 400)
        assert "not enough money" in seen.why
        assert seen.returnable_until is None
        assert [(line.minor, line.fee_minor) for line in bank.rail.lines(0, FOREVER)] == [(1234, 0), (-1234, 400)]

    def test_a_transfer_comes_back(self, bank: Bank) -> None:
        order = attempt("a", PAY)
        sent(bank, order)
        bank.pay(order)
        bank.send_back(order, "AC04")
        seen = bank.rail.observe([order])[0]
        assert (seen.status, seen.code) == (RailStatus.RETURNED, "AC04")

    def test_a_return_that_is_told_before_its_payment_waits_for_it(self, bank: Bank) -> None:
        order = attempt("a")
        (reference,) = sent(bank, order)
        bank.send_back(order)
        assert (statuses(bank, order), len(queue(bank))) == ([RailStatus.PENDING], 1)
        bank.pay(order)
        assert (statuses(bank, order), queue(bank)) == ([RailStatus.RETURNED], [])
        assert reference

    def test_both_in_one_file_in_any_order(self, bank: Bank) -> None:
        order = attempt("a")
        (reference,) = sent(bank, order)
        back = bank.movement(-1234, Paid(-1234, reference, reason="MD06"))
        bank.tell(back, bank.movement(1234, Paid(1234, reference)))
        assert (statuses(bank, order), queue(bank)) == ([RailStatus.RETURNED], [])

    def test_several_that_come_back_in_one_movement_are_split(self, bank: Bank) -> None:
        orders = attempt("a"), attempt("b", minor=766), attempt("c")
        references = sent(bank, *orders)
        for order in orders:
            bank.pay(order)
        bank.tell(bank.movement(-2000, Paid(-2000, text=" and ".join(references[:2]))))
        assert statuses(bank, *orders) == [RailStatus.RETURNED, RailStatus.RETURNED, RailStatus.PAID]
        assert (balance(bank), queue(bank)) == (1234, [])

    def test_a_whole_file_comes_back(self, bank: Bank) -> None:
        orders = [attempt(f"a{n}", minor=100 + n, account=shop_account(mandate_id=f"M-{n}")) for n in range(3)]
        sent(bank, *orders)
        message = bank_files(bank.book, bank.settings)[0].message_id
        bank.tell(bank.movement(303, message=message))
        assert statuses(bank, *orders) == [RailStatus.PAID] * 3
        bank.tell(bank.movement(-303, message=message))
        assert statuses(bank, *orders) == [RailStatus.RETURNED] * 3
        assert (balance(bank), queue(bank)) == (0, [])

    @pytest.mark.parametrize("count", [1, 2])
    def test_charges_beside_the_amount_of_what_comes_back_are_charges(self, bank: Bank, count: int) -> None:
        orders = [attempt(f"a{n}", account=shop_account(mandate_id=f"M-{n}")) for n in range(count)]
        references = sent(bank, *orders)
        for order in orders:
            bank.pay(order)
        back = tuple(Paid(-1234, reference, reason="AM04", charges=400) for reference in references)
        take(bank, camt([Entry(-1634 * count, MAY_14, "R1", back)], 8, 53))
        seen = bank.rail.observe(orders)
        assert [(each.status, each.fee_minor) for each in seen] == [(RailStatus.RETURNED, 400)] * count
        assert queue(bank) == []

    def test_a_return_of_another_amount_waits(self, bank: Bank) -> None:
        order = attempt("a")
        (reference,) = sent(bank, order)
        bank.pay(order)
        bank.tell(bank.movement(-1000, Paid(-1000, reference, reason="MD06")))
        assert (statuses(bank, order), [line.minor for line in queue(bank)]) == ([RailStatus.PAID], [-1000])


class TestRefusals:
    def test_a_part_and_a_whole_file_are_refused(self, bank: Bank) -> None:
        once = attempt("b", account=shop_account(mandate_sequence="OOFF"))
        sent(bank, attempt("a"), once)
        message = bank_files(bank.book, bank.settings)[0].message_id or ""
        part = take(bank, pain_002(message, part=(f"{message}-2", "RJCT"), code="MD01"))
        assert (part.rejected, part.unknown) == (1, 0)
        assert statuses(bank, attempt("a"), once) == [RailStatus.PENDING, RailStatus.FAILED]
        assert bank.rail.observe([once])[0].why == "there is no mandate (MD01)"
        assert take(bank, pain_002(message, group="RJCT", code="FF01")).rejected == 1
        assert statuses(bank, attempt("a")) == [RailStatus.FAILED]

    def test_a_payee_whose_bank_knows_another_name_is_told_and_nothing_is_refused(self, bank: Bank) -> None:
        orders = [attempt(key, PAY) for key in ("a", "b", "c")]
        payments = [(name, code, "") for name, code in zip(sent(bank, *orders), ("RCVC", "RVMC", "RVNM"), strict=True)]
        report = pain_002("M", payments).replace(b"<Rsn><Cd></Cd></Rsn>", b"<AddtlInf>Town GmbH</AddtlInf>")
        imported = take(bank, report)
        assert (imported.rejected, imported.unknown, statuses(bank, *orders)) == (0, 0, [RailStatus.PENDING] * 3)
        close, other = map(str, imported.doubts)
        assert payments[1][0] in close
        assert "nearly that name, says its bank (RVMC): Town GmbH" in close
        assert payments[2][0] in other
        assert "another name, says its bank (RVNM)" in other
        kept = bank.rail.payee_checks([order.key for order in orders])
        assert [(check.match, check.text) for check in kept.values()] == [
            (match, "Town GmbH") for match in (PayeeMatch.MATCH, PayeeMatch.CLOSE, PayeeMatch.NONE)
        ]
        # What was said last of an account counts, until the shop has another one.
        with closing(bank.book.database.session()) as session:
            context, details = PaymentContext(bank.book, session, {"bank": bank.rail}), orders[0].account.details
            for name, matches in ((details["name"], [PayeeMatch.NONE]), ("Town GmbH", [])):
                set_rail_account(bank.book, session, "bakery", "bank", {**details, "name": name})
                assert [check.match for check in doubtful_payees(context)] == matches
        assert take(bank, report.replace(b"<MsgId>R1", b"<MsgId>R2")).known_since is None
        assert len(bank.rail.payee_checks([order.key for order in orders])) == len(orders)

    def test_what_is_no_payment_of_ours_is_counted(self, bank: Bank) -> None:
        imported = take(bank, pain_002("M", [("RF18539007547034", "RJCT", "AC01"), ("X", "RJCT", "AC01")]))
        assert (imported.rejected, imported.unknown) == (0, 2)
        assert take(bank, pain_002("M", group="RJCT")).unknown == 1

    def test_what_was_paid_is_not_refused_any_more(self, bank: Bank) -> None:
        order = attempt("a")
        sent(bank, order)
        bank.pay(order)
        bank.refuse(order)
        assert statuses(bank, order) == [RailStatus.PAID]

    def test_a_payment_that_comes_after_its_failure_waits_for_somebody(self, tables: Bank, clock: Clock) -> None:
        order = attempt("a", due_on=2024_05_20)
        sent(tables, order)
        clock.forward(19 * DAY)
        assert statuses(tables, order) == [RailStatus.PENDING]
        clock.forward(DAY)
        seen = tables.rail.observe([order])[0]
        assert (seen.status, seen.code) == (RailStatus.FAILED, "deadline")
        clock.forward(-10 * DAY)
        assert statuses(tables, order) == [RailStatus.FAILED]
        tables.pay(order)
        assert statuses(tables, order) == [RailStatus.FAILED]
        assert "has failed" in waiting_lines(tables.book, tables.settings)[0].candidates[0].misfit
