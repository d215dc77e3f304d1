package wire

import (
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// schedulerService [WIRE-22]: EventBridge Scheduler speaks REST.
func schedulerService(c *scheduler.Client) *service {
	named := map[string]string{"clientToken": "ClientToken", "groupName": "GroupName"}
	listed := map[string]string{
		"ScheduleGroup": "GroupName", "MaxResults": "MaxResults", "NamePrefix": "NamePrefix", "NextToken": "NextToken",
		"State": "State",
	}
	const schedule, group = "/schedules/{Name}", "/schedule-groups/{Name}"
	return &service{
		scope: "scheduler", member: schedulerMember, missing: missing{shape: "ValidationException", text: nullText},
		statuses: map[string]int{
			"AccessDeniedException": http.StatusForbidden, // [IAM-06]
			"ConflictException":     http.StatusConflict, "ResourceNotFoundException": http.StatusNotFound,
			"ServiceQuotaExceededException": http.StatusPaymentRequired, "ThrottlingException": http.StatusTooManyRequests,
		},
		routes: []route{
			{http.MethodPost, schedule, "CreateSchedule", nil},
			{http.MethodPut, schedule, "UpdateSchedule", nil},
			{http.MethodGet, schedule, "GetSchedule", named},
			{http.MethodDelete, schedule, "DeleteSchedule", named},
			{http.MethodGet, "/schedules", "ListSchedules", listed},
			{http.MethodPost, group, "CreateScheduleGroup", nil},
			{http.MethodGet, group, "GetScheduleGroup", nil},
			{http.MethodDelete, group, "DeleteScheduleGroup", named},
			{http.MethodGet, "/schedule-groups", "ListScheduleGroups", listed},
		},
		operations: table(
			of(c.CreateSchedule), of(c.UpdateSchedule), of(c.GetSchedule), of(c.DeleteSchedule), of(c.ListSchedules),
			of(c.CreateScheduleGroup), of(c.GetScheduleGroup), of(c.DeleteScheduleGroup), of(c.ListScheduleGroups),
		),
	}
}

// ofECS are members of structures that the API model has from ECS, and so begins small.
var ofECS = []string{"AwsvpcConfiguration", "Base", "CapacityProvider", "Expression", "Field", "Type", "Weight"}

func schedulerMember(field string) string {
	if slices.Contains(ofECS, field) {
		return lowerFirst(field)
	}
	return asItIs(field)
}
