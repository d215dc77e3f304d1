package webapp

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsefs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/catnap-dev/catnap/infra/compose"
)

// volumes are folders on the task's own disk, or in Elastic File System. Those that say nothing of where have an access
// point each, in a file system that is made for the application.
func (s *site) volumes(definition awsecs.FargateTaskDefinition) {
	var own awsefs.FileSystem
	for _, volume := range s.Task.Volumes {
		made := awsecs.Volume{Name: &volume.Name}
		switch {
		case volume.EFS == nil:
		case *volume.EFS == compose.EFS{}:
			if own == nil {
				own = s.fileSystem()
			}
			made.EfsVolumeConfiguration = s.ownFolder(definition, own, volume.Name)
		default:
			made.EfsVolumeConfiguration = s.foreignFolder(definition, *volume.EFS)
		}
		definition.AddVolume(&made)
	}
}

// fileSystem stays when the stack goes: it has what people have made.
func (s *site) fileSystem() awsefs.FileSystem {
	group := awsec2.NewSecurityGroup(s.stack, new("FileSystemSecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc: s.vpc, Description: new("The file system: from the tasks only."), AllowAllOutbound: new(false),
	})
	s.fileSystemGroup = group
	return awsefs.NewFileSystem(s.stack, new("FileSystem"), &awsefs.FileSystemProps{
		Vpc: s.vpc, VpcSubnets: s.subnets, SecurityGroup: group, FileSystemName: new(s.Site()),
		Encrypted: new(true), EnableAutomaticBackups: new(true), RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
}

// ownFolder is open to every user of a container: only tasks with this role and access point can mount it, so the mode
// of the folder protects nothing, and an image's user is not known.
func (s *site) ownFolder(
	definition awsecs.FargateTaskDefinition, system awsefs.FileSystem, name string,
) *awsecs.EfsVolumeConfiguration {
	point := awsefs.NewCfnAccessPoint(s.stack, new("Volume-"+name), &awsefs.CfnAccessPointProps{
		FileSystemId: system.FileSystemId(),
		RootDirectory: &awsefs.CfnAccessPoint_RootDirectoryProperty{
			Path: new("/" + name),
			CreationInfo: &awsefs.CfnAccessPoint_CreationInfoProperty{
				OwnerUid: new("0"), OwnerGid: new("0"), Permissions: new("0777"),
			},
		},
	})
	s.mayMount(definition, *system.FileSystemArn(), *point.AttrArn())
	return mounted(*system.FileSystemId(), *point.Ref())
}

func (s *site) foreignFolder(
	definition awsecs.FargateTaskDefinition, at compose.EFS,
) *awsecs.EfsVolumeConfiguration {
	if at.AccessPoint != "" {
		s.mayMount(definition, s.fileARN("file-system/"+at.FileSystem), s.fileARN("access-point/"+at.AccessPoint))
		return mounted(at.FileSystem, at.AccessPoint)
	}
	return &awsecs.EfsVolumeConfiguration{
		FileSystemId: &at.FileSystem, RootDirectory: given(at.Root), TransitEncryption: new("ENABLED"),
	}
}

func mounted(system, point string) *awsecs.EfsVolumeConfiguration {
	return &awsecs.EfsVolumeConfiguration{
		FileSystemId: &system, TransitEncryption: new("ENABLED"),
		AuthorizationConfig: &awsecs.AuthorizationConfig{AccessPointId: &point, Iam: new("ENABLED")},
	}
}

// mayMount is about the task's role, which otherwise may do nothing.
func (s *site) mayMount(definition awsecs.FargateTaskDefinition, system, point string) {
	definition.AddToTaskRolePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   &[]*string{new("elasticfilesystem:ClientMount"), new("elasticfilesystem:ClientWrite")},
		Resources: &[]*string{&system},
		Conditions: &map[string]any{
			"StringEquals": map[string]any{"elasticfilesystem:AccessPointArn": point},
		},
	}))
}

func (s *site) fileARN(resource string) string {
	return *s.stack.FormatArn(&awscdk.ArnComponents{Service: new("elasticfilesystem"), Resource: &resource})
}
