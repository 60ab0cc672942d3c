package stream

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// writePartition writes messages into a partition that is named, where their keys alone would not lead
// once the topic has got more partitions, and returns the offset of the first. A nil value is written as
// Kafka's null.
func (l *Log) writePartition(ctx context.Context, topic string, partition int, messages []Message) (first int64, err error) {
	records := make([]kafka.Record, len(messages))
	for i, m := range messages {
		r := kafka.Record{Key: bytesOf(m.Key), Value: bytesOf(m.Value)}
		for _, h := range m.Headers {
			r.Headers = append(r.Headers, protocol.Header{Key: h.Key, Value: h.Value})
		}
		records[i] = r
	}
	res, err := l.client.Produce(ctx, &kafka.ProduceRequest{Topic: topic, Partition: partition, RequiredAcks: kafka.RequireAll, Records: kafka.NewRecordReader(records...),
		Compression: kafka.Snappy})
	if err == nil {
		err = res.Error
	}
	if err != nil {
		return 0, fmt.Errorf("log: write to topic %s: %w", topic, err)
	}
	return res.BaseOffset, nil
}

func bytesOf(b []byte) protocol.Bytes {
	if b == nil {
		return nil
	}
	return protocol.NewBytes(bytes.Clone(b))
}

// configure sets some of a topic's settings, and returns what sets them as they were. One that stands
// already as it is to be set was left so by a process that ended in between: it becomes the cluster's own.
func (l *Log) configure(ctx context.Context, topic string, settings map[string]string) (restore func(context.Context) error, err error) {
	var names []string
	for name := range settings {
		names = append(names, name)
	}
	res, err := l.client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{
		{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: names}}})
	if err == nil && len(res.Resources) == 1 {
		err = res.Resources[0].Error
	}
	if err != nil {
		return nil, fmt.Errorf("log: read the settings of topic %s: %w", topic, err)
	}
	const ofTopic = 1 // config source: set on the topic itself
	var back, set []kafka.IncrementalAlterConfigsRequestConfig
	for _, r := range res.Resources {
		for _, c := range r.ConfigEntries {
			if _, ours := settings[c.ConfigName]; !ours {
				continue
			}
			operation := kafka.ConfigOperationDelete
			if c.ConfigSource == ofTopic && c.ConfigValue != settings[c.ConfigName] {
				operation = kafka.ConfigOperationSet
			}
			back = append(back, kafka.IncrementalAlterConfigsRequestConfig{Name: c.ConfigName, Value: c.ConfigValue, ConfigOperation: operation})
		}
	}
	for name, value := range settings {
		set = append(set, kafka.IncrementalAlterConfigsRequestConfig{Name: name, Value: value, ConfigOperation: kafka.ConfigOperationSet})
	}
	return func(ctx context.Context) error { return l.alter(ctx, topic, back) }, l.alter(ctx, topic, set)
}

func (l *Log) alter(ctx context.Context, topic string, changes []kafka.IncrementalAlterConfigsRequestConfig) error {
	res, err := l.client.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{
		{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, Configs: changes}}})
	if err == nil && len(res.Resources) == 1 {
		err = res.Resources[0].Error
	}
	if err != nil {
		return fmt.Errorf("log: change the settings of topic %s: %w: allow AlterConfigs on it", topic, err)
	}
	return nil
}

// Keep sets how long a topic keeps messages.
func (l *Log) Keep(ctx context.Context, topic string, d time.Duration) error {
	return l.alter(ctx, topic, []kafka.IncrementalAlterConfigsRequestConfig{
		{Name: "retention.ms", Value: strconv.FormatInt(d.Milliseconds(), 10), ConfigOperation: kafka.ConfigOperationSet}})
}
