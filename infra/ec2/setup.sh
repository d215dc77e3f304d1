set -euo pipefail

# Docker is Amazon Linux's own. Its Compose plugin is not among the packages of Amazon Linux 2023, so it comes from Docker's
# repository, which signs its packages; nothing else may come from there.
cat >/etc/yum.repos.d/docker-compose.repo <<'REPO'
[docker-compose]
name=Docker Compose
baseurl=https://download.docker.com/linux/centos/9/$basearch/stable
gpgcheck=1
gpgkey=https://download.docker.com/linux/centos/gpg
includepkgs=docker-compose-plugin
REPO
dnf install -y docker docker-compose-plugin aws-cfn-bootstrap jq unzip @MORE@
systemctl enable --now docker

export AWS_DEFAULT_REGION=@REGION@
install -d -m 0700 /opt/app
aws s3 cp 's3://@BUCKET@/@KEY@' /tmp/app.zip
unzip -oq /tmp/app.zip -d /opt/app
rm /tmp/app.zip

install -m 0644 /opt/app/.catnap/app.service /etc/systemd/system/app.service
systemctl daemon-reload
systemctl enable --now app.service

# Ready is who answers, as the load balancer will find.
end=$((SECONDS + 60 * @MINUTES@))
until curl -fsS -o /dev/null --max-time 5 @URL@; do
  if [ "$SECONDS" -ge "$end" ]; then
    docker ps --all
    exit 1
  fi
  sleep 2
done
