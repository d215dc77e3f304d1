package webapp_test

import (
	"testing"
	"time"

	"github.com/catnap-dev/catnap/infra/compose"
)

// TestContainers: all that the task's model has is written.
func TestContainers(t *testing.T) {
	p := props(t, `, "x_ray": true`)
	p.Task.Architecture = "ARM64"
	p.Task.Volumes = []compose.Volume{
		{Name: "own", EFS: &compose.EFS{}}, {Name: "scratch"},
		{Name: "point", EFS: &compose.EFS{FileSystem: "fs-1", AccessPoint: "fsap-1"}},
		{Name: "root", EFS: &compose.EFS{FileSystem: "fs-2", Root: "/data"}},
	}
	p.Task.Containers = append(p.Task.Containers, compose.Container{
		Name: "all", Image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/all:2", Entrypoint: []string{"/entry"},
		Command: []string{"run", "--fast"}, WorkingDir: "/app", User: "1000:1000", ReadOnly: true, Init: true,
		Interactive: true, TTY: true, CPU: 128, Memory: 256, Reservation: 64,
		Environment: map[string]string{"A": "1"}, Labels: map[string]string{"b": "2"},
		Secrets: []compose.Secret{
			{Variable: "S1", Store: compose.StoreSSM, ID: "/shop/one"},
			{Variable: "S2", Store: compose.StoreSSM, ID: "arn:aws:ssm:eu-west-1:123456789012:parameter/two"},
			{Variable: "S3", Store: compose.StoreSecretsManager, ID: "three", Key: "password"},
			{Variable: "S4", Store: compose.StoreSecretsManager, ID: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:four-abcdef"},
		},
		Ports: []compose.Port{{Number: 53, Protocol: "udp"}},
		Health: &compose.Health{
			Test: []string{"CMD", "true"}, Interval: 10 * time.Second, Timeout: 5 * time.Second, StartPeriod: time.Minute,
			Retries: 2,
		},
		DependsOn: []compose.Dependency{{Container: "web", Condition: compose.ConditionStart}},
		Mounts: []compose.Mount{
			{Volume: "own", Path: "/own"}, {Volume: "scratch", Path: "/scratch", ReadOnly: true},
			{Volume: "point", Path: "/point"}, {Volume: "root", Path: "/root"},
		},
		NoFile: &compose.Limit{Soft: 1024, Hard: 2048}, StopTimeout: 30 * time.Second,
		AddCapabilities: []string{"SYS_PTRACE"}, DropCapabilities: []string{"ALL"},
		Sysctls: map[string]string{"net.core.somaxconn": "1024"},
	})
	s := newStack(t, p)
	s.has(t, "AWS::ECS::TaskDefinition", object{
		"RuntimePlatform": object{"CpuArchitecture": "ARM64"},
		"ContainerDefinitions": some(object{
			"Name": "all", "EntryPoint": []any{"/entry"}, "Command": []any{"run", "--fast"}, "WorkingDirectory": "/app",
			"User": "1000:1000", "ReadonlyRootFilesystem": true, "Interactive": true, "PseudoTerminal": true, "Essential": false,
			"Cpu": 128, "Memory": 256, "MemoryReservation": 64, "Environment": []any{object{"Name": "A", "Value": "1"}},
			"DockerLabels": object{"b": "2"}, "StopTimeout": 30,
			"Secrets": some(
				object{"Name": "S2", "ValueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/two"},
				object{"Name": "S4", "ValueFrom": "arn:aws:secretsmanager:eu-west-3:123456789012:secret:four-abcdef"}),
			"PortMappings": []any{object{"ContainerPort": 53, "HostPort": 53, "Protocol": "udp"}},
			"HealthCheck": object{
				"Command": []any{"CMD", "true"}, "Interval": 10, "Timeout": 5, "StartPeriod": 60, "Retries": 2,
			},
			"DependsOn": []any{object{"ContainerName": "web", "Condition": "START"}},
			"MountPoints": some(
				object{"SourceVolume": "own", "ContainerPath": "/own", "ReadOnly": false},
				object{"SourceVolume": "scratch", "ContainerPath": "/scratch", "ReadOnly": true}),
			"Ulimits": []any{object{"Name": "nofile", "SoftLimit": 1024, "HardLimit": 2048}},
			"LinuxParameters": object{
				"InitProcessEnabled": true, "Capabilities": object{"Add": []any{"SYS_PTRACE"}, "Drop": []any{"ALL"}},
			},
			"SystemControls":   []any{object{"Namespace": "net.core.somaxconn", "Value": "1024"}},
			"LogConfiguration": object{"LogDriver": "awslogs", "Options": object{"awslogs-stream-prefix": "all"}},
		}, object{"Name": "xray", "Essential": false}),
		"Volumes": some(
			object{"Name": "own", "EFSVolumeConfiguration": object{
				"TransitEncryption": "ENABLED", "AuthorizationConfig": object{"IAM": "ENABLED"},
			}},
			object{"Name": "scratch"},
			object{"Name": "point", "EFSVolumeConfiguration": object{
				"FilesystemId": "fs-1", "AuthorizationConfig": object{"AccessPointId": "fsap-1"},
			}},
			object{"Name": "root", "EFSVolumeConfiguration": object{"FilesystemId": "fs-2", "RootDirectory": "/data"}},
		),
	})
	s.has(t, "AWS::EFS::FileSystem", object{"Encrypted": true})
	s.has(t, "AWS::EFS::AccessPoint", object{"RootDirectory": object{"Path": "/own"}})
	s.has(t, "AWS::EC2::SecurityGroupIngress", object{"FromPort": 2049, "ToPort": 2049})
	s.has(t, "AWS::IAM::Policy", object{"PolicyDocument": object{"Statement": some(
		object{"Action": "ssm:GetParameters", "Resource": some("arn:aws:ssm:eu-west-1:123456789012:parameter/two")},
		object{
			"Action":   "secretsmanager:GetSecretValue",
			"Resource": some("arn:aws:secretsmanager:eu-west-3:123456789012:secret:four-abcdef"),
		},
	)}})
	s.has(t, "AWS::IAM::Policy", object{"PolicyDocument": object{"Statement": some(
		object{"Action": some("ecr:BatchGetImage"), "Resource": object{"Fn::Join": []any{"", []any{
			"arn:", object{"Ref": "AWS::Partition"}, ":ecr:eu-west-1:123456789012:repository/team/all",
		}}}},
	)}})
}
