package main

import (
	"strings"

	"github.com/highras/rtm-server-sdk-go/src/rtm"
)

const (
	infoMax      = 65535
	bannedInRoom = 200045
	tooManyRooms = 200047
	roomsPerUser = 10
	banSeconds   = int32(60)
)

func checkRooms(r *report, client *rtm.RTMServerClient) {
	checkRoomMembers(r, client)
	checkUserRooms(r, client)
	checkRoomInfo(r, client)
	checkRoomBans(r, client)
}

func checkRoomMembers(r *report, client *rtm.RTMServerClient) {
	const rid, emptyRid = int64(2001), int64(2002)
	r.check("room add member", func() error {
		return first(client.AddRoomMember(rid, 101), client.AddRoomMember(rid, 102), roomHas(client, rid, 101, 102))
	})
	r.check("room add member again", func() error {
		return first(client.AddRoomMember(rid, 101), roomHas(client, rid, 101, 102))
	})
	r.check("room add members", func() error {
		added, err := client.AddRoomMembers(rid, []int64{103, 104})
		return first(err, sameIds("added", added, 103, 104), roomHas(client, rid, 101, 102, 103, 104))
	})
	r.check("room delete member", func() error {
		return first(client.DelRoomMember(rid, 101), roomHas(client, rid, 102, 103, 104))
	})
	r.check("room delete members", func() error {
		removed, err := client.DelRoomMembers(rid, []int64{104})
		return first(err, sameIds("removed", removed, 104), roomHas(client, rid, 102, 103))
	})
	r.check("room count", func() error {
		got, err := client.GetRoomCount([]int64{rid, emptyRid})
		return first(err, same("counts", got, map[int64]int32{rid: 2, emptyRid: 0}))
	})
	r.check("room without members", func() error { return roomHas(client, emptyRid) })
}

func roomHas(client *rtm.RTMServerClient, rid int64, uids ...int64) error {
	got, err := client.GetRoomMembers(rid)
	return first(err, sameIds("members", got, uids...))
}

func checkUserRooms(r *report, client *rtm.RTMServerClient) {
	const uid, firstRid = int64(111), int64(2100)
	var rids []int64
	for i := int64(0); i < roomsPerUser; i++ {
		rids = append(rids, firstRid+i)
	}
	r.check("user into several rooms", func() error {
		return first(client.AddUserRooms(rids, uid), roomHas(client, rids[0], uid), roomHas(client, rids[9], uid))
	})
	r.check("user into too many rooms", func() error {
		return refused(client.AddRoomMember(firstRid+roomsPerUser, uid), tooManyRooms)
	})
	r.check("user out of several rooms", func() error {
		return first(client.DeleteUserRooms(rids[1:], uid), roomHas(client, rids[0], uid), roomHas(client, rids[9]))
	})
}

func checkRoomInfo(r *report, client *rtm.RTMServerClient) {
	const rid = int64(2201)
	open, private, changed := "open", strings.Repeat("p", infoMax), "open again"
	r.check("room info is empty at first", func() error { return roomInfoIs(client, rid, "", "") })
	r.check("room info", func() error {
		return first(client.SetRoomInfo(rid, &open, &private), roomInfoIs(client, rid, open, private))
	})
	r.check("room info of one kind leaves the other", func() error {
		return first(client.SetRoomInfo(rid, &changed, nil), roomInfoIs(client, rid, changed, private))
	})
}

func roomInfoIs(client *rtm.RTMServerClient, rid int64, open, private string) error {
	gotOpen, gotPrivate, err := client.GetRoomInfo(rid)
	return first(err, same("public info", gotOpen, open), same("private info", gotPrivate, private))
}

func checkRoomBans(r *report, client *rtm.RTMServerClient) {
	const rid, otherRid, uid = int64(2301), int64(2302), int64(121)
	r.check("room ban", func() error {
		return first(
			roomBanIs(client, rid, uid, false),
			client.AddRoomBan(rid, uid, banSeconds),
			roomBanIs(client, rid, uid, true),
			roomBanIs(client, otherRid, uid, false),
		)
	})
	r.check("banned in a room", func() error {
		_, err := client.SendRoomMessage(uid, rid, businessType, "x")
		_, elsewhere := client.SendRoomMessage(uid, otherRid, businessType, "x")
		return first(refused(err, bannedInRoom), elsewhere)
	})
	r.check("room ban lifted", func() error {
		err := first(client.RemoveRoomBan(rid, uid), roomBanIs(client, rid, uid, false))
		_, sent := client.SendRoomMessage(uid, rid, businessType, "x")
		return first(err, sent)
	})
	r.check("ban from all rooms", func() error {
		err := first(client.AddRoomBan(0, uid, 0), roomBanIs(client, rid, uid, true), roomBanIs(client, otherRid, uid, true))
		_, sent := client.SendRoomMessage(uid, otherRid, businessType, "x")
		return first(err, refused(sent, bannedInRoom), client.RemoveRoomBan(0, uid), roomBanIs(client, rid, uid, false))
	})
}

func roomBanIs(client *rtm.RTMServerClient, rid, uid int64, banned bool) error {
	got, err := client.IsBanOfRoom(rid, uid)
	return first(err, same("banned", got, banned))
}
