package main

import (
	"time"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

const (
	messageNotFound  = 200070
	permissionDenied = 200021
	unknownMid       = int64(12345)
	editLimitMs      = int64(3_600_000)
)

// checkChanges reads, recalls and cleans single messages.
func checkChanges(r *report, c conversation) {
	r.check(c.name+" get message", func() error { return c.getIsWhatWasSent(c.get) })
	r.check(c.name+" get chat", func() error { return c.getIsWhatWasSent(c.getChat) })
	r.check(c.name+" get of an unknown message", func() error {
		_, err := c.get(unknownMid)
		return refused(err, messageNotFound)
	})
	r.check(c.name+" delete message", func() error { return c.deleteHides(c.del) })
	r.check(c.name+" delete chat", func() error { return c.deleteHides(c.delChat) })
	r.check(c.name+" clean", c.cleanEmpties)
}

func (c conversation) getIsWhatWasSent(get func(int64) (*rtm.HistoryMessageUnit, error)) error {
	mtime, err := c.chat("to be read", jsonAttrs)
	if err != nil {
		return err
	}
	stored, err := c.newest()
	if err != nil {
		return err
	}
	unit, err := get(stored.MessageId)
	if err != nil {
		return err
	}
	return first(
		same("cursor id", unit.CursorId, stored.CursorId),
		same("mtype", unit.MessageType, chatType),
		same("message", unit.Message, "to be read"),
		same("attrs", unit.Attrs, jsonAttrs),
		same("mtime", unit.ModifiedTime, mtime),
	)
}

func (c conversation) deleteHides(del func(int64) error) error {
	mark, err := c.mark()
	if err != nil {
		return err
	}
	if _, err := c.chat("to be recalled"); err != nil {
		return err
	}
	unit, err := c.newest()
	if err != nil {
		return err
	}
	if err := del(unit.MessageId); err != nil {
		return err
	}
	_, getErr := c.get(unit.MessageId)
	left, err := c.walk(page{num: pageLength, lastId: mark}, mark)
	return first(
		refused(getErr, messageNotFound),
		err,
		same("messages left", len(left), 0),
		refused(del(unit.MessageId), messageNotFound),
	)
}

func (c conversation) cleanEmpties() error {
	mark, err := c.mark()
	if err != nil {
		return err
	}
	begin, errFirst := c.message(businessType, "to be cleaned")
	_, errSecond := c.binary(businessType, binaryBody)
	end, errThird := c.chat("to be cleaned too")
	if err := first(errFirst, errSecond, errThird, c.clean(begin, end)); err != nil {
		return err
	}
	left, err := c.walk(page{num: pageLength, lastId: mark}, mark)
	return first(err, same("messages left", len(left), 0))
}

// checkCountAndEdit covers what the SDK offers for groups and rooms only.
func checkCountAndEdit(r *report, client *rtm.RTMServerClient) {
	one, other := group(client, 1701, 1799), group(client, 1702, 1799)
	checkCountAndEditOf(r, one, other)
	one, other = room(client, 1801, 1899), room(client, 1802, 1899)
	checkCountAndEditOf(r, one, other)
}

func checkCountAndEditOf(r *report, one, other conversation) {
	var begin, end int64
	r.check(one.name+" message count", func() error {
		var errs [3]error
		begin, errs[0] = one.message(businessType, "count 1")
		_, errs[1] = one.chat("count 2")
		end, errs[2] = other.chat("count 3")
		return first(first(errs[:]...), counts(one, 0, 0, nil, 2, 3))
	})
	r.check(one.name+" message count in a time window", func() error {
		return first(counts(one, begin, end, nil, 2, 3), counts(one, end+1, end+2, nil, 0, 0))
	})
	r.check(one.name+" message count of some types", func() error {
		return first(
			counts(one, 0, 0, []int8{chatType}, 2, 2),
			counts(one, 0, 0, []int8{businessType}, 1, 1),
		)
	})
	r.check(one.name+" edit", func() error { return editShows(one) })
	r.check(one.name+" edit after the time limit", func() error {
		mtime, errSend := one.message(businessType, "too old")
		unit, errRead := one.newest()
		if err := first(errSend, errRead); err != nil {
			return err
		}
		for time.Now().UnixMilli() < mtime+5 {
			time.Sleep(time.Millisecond)
		}
		late := one.client.EditMessage(unit.MessageId, one.from, one.xid, one.kind, "late", "", 1)
		return first(refused(late, permissionDenied), one.lastIs(mtime, businessType, "too old", ""))
	})
	r.check(one.name+" edit of an unknown message", func() error {
		return refused(one.client.EditMessage(unknownMid, one.from, one.xid, one.kind, "x", "", editLimitMs), messageNotFound)
	})
	r.check(one.name+" delete conversation of one sender", func() error {
		if err := one.client.DeleteConversationMessages(one.from, one.xid, one.kind); err != nil {
			return err
		}
		left, err := one.walk(page{num: pageLength}, 0)
		return first(err, same("senders left", sendersOf(left), []int64{other.from}))
	})
}

func counts(c conversation, begin, end int64, mtypes []int8, senders, messages int32) error {
	gotSenders, gotMessages, err := c.client.GetMsgCount(c.kind, c.xid, begin, end, mtypes)
	return first(err, same("senders", gotSenders, senders), same("messages", gotMessages, messages))
}

// editShows edits a message; its place and time stay.
func editShows(c conversation) error {
	mtime, errSend := c.message(businessType, "before")
	unit, errRead := c.newest()
	if err := first(errSend, errRead); err != nil {
		return err
	}
	if err := c.client.EditMessage(unit.MessageId, c.from, c.xid, c.kind, "after", "edited", editLimitMs); err != nil {
		return err
	}
	got, err := c.get(unit.MessageId)
	if err != nil {
		return err
	}
	return first(
		same("message", got.Message, "after"),
		same("attrs", got.Attrs, "edited"),
		same("cursor id", got.CursorId, unit.CursorId),
		c.lastIs(mtime, businessType, "after", "edited"),
	)
}
