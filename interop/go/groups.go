package main

import "github.com/highras/rtm-server-sdk-go/src/rtm"

func checkGroups(r *report, client *rtm.RTMServerClient) {
	const gid, otherGid, uid = int64(3001), int64(3002), int64(201)
	r.check("group add members", func() error {
		return first(client.AddGroupMembers(gid, []int64{uid, 202, 203}), groupHas(client, gid, uid, 202, 203))
	})
	r.check("group add members again", func() error {
		return first(client.AddGroupMembers(gid, []int64{202, 204}), groupHas(client, gid, uid, 202, 203, 204))
	})
	r.check("group delete members", func() error {
		return first(client.DelGroupMembers(gid, []int64{204}), groupHas(client, gid, uid, 202, 203))
	})
	r.check("group count", func() error {
		count, err := client.GetGroupCount(gid)
		return first(err, same("count", count, int32(3)))
	})
	r.check("group member or not", func() error {
		inside, errInside := client.IsGroupMember(gid, uid)
		outside, errOutside := client.IsGroupMember(gid, 204)
		return first(errInside, errOutside, same("member", inside, true), same("former member", outside, false))
	})
	r.check("groups of a user", func() error {
		if err := client.AddGroupMembers(otherGid, []int64{uid}); err != nil {
			return err
		}
		gids, err := client.GetUserGroups(uid)
		return first(err, sameIds("groups", gids, gid, otherGid))
	})
	r.check("group dissolved", func() error {
		if err := first(client.DelGroup(gid), groupHas(client, gid)); err != nil {
			return err
		}
		gids, err := client.GetUserGroups(uid)
		return first(err, sameIds("groups", gids, otherGid))
	})
}

func groupHas(client *rtm.RTMServerClient, gid int64, uids ...int64) error {
	got, err := client.GetGroupMembers(gid)
	return first(err, sameIds("members", got, uids...))
}
